import { join } from 'node:path'
import { connect } from '@platen/database'
import { findProsody, startPostgresql } from '@platen/local'
import type { TestProject } from 'vitest/node'
import { shareKubernetes } from '../kubernetes/shared-server.ts'
import { bundles } from './bundles.ts'
import { temporaryDirectory } from './directory.ts'
import { makeRoles } from './roles.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser URL of the PostgreSQL server that all tests share; each test makes databases of its own on it. */
    postgresqlUrl: string
  }
}

/**
 * Bundles of our processes and one real PostgreSQL for the whole run, and Kubernetes for those who ask. Nothing on the
 * servers outlives the run, so they need not wait for the disk.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  process.umask(0o022) // servers that do not run as root must get through, as npm start sees to it
  bundles()
  await findProsody(line => process.stderr.write(`${line}\n`))
  const directory = temporaryDirectory()
  const settings = { fsync: 'off', max_connections: '300' }
  const server = await startPostgresql({ directory: join(directory.path, 'postgresql'), settings })
  project.provide('postgresqlUrl', server.url)
  const sql = connect(server.url, { max: 1 })
  await makeRoles(sql).finally(() => sql.end())
  const stopKubernetes = await shareKubernetes(project)
  return async () => {
    await stopKubernetes()
    await server.stop()
    directory[Symbol.dispose]()
  }
}
