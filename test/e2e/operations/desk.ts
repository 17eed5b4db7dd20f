import { spawn } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FRANCE, MANAGEMENT } from '../../cluster/clusters.ts'
import { REGIONS, type RegionPlan } from '../../cluster/platform/places.ts'
import { RELEASE, regionObject } from '../../cluster/platform/resources.ts'
import { run } from '../../cluster/run.ts'
import { regionBackup } from '../../cluster/services/store-keys.ts'
import { findAssets } from '../../kubernetes/assets.ts'
import { readKubeconfig, writeContexts } from '../../kubernetes/kubeconfig.ts'
import { temporaryDirectory } from '../../support/directory.ts'
import type { Platform } from '../platform.ts'
import { variables } from './variables.ts'

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))

/** A platform engineer's: the folder, the programs, the contexts and the files that the page begins with. */
export interface Desk extends Disposable {
  /**
   * Runs a script by bash, which ends at the first command that fails.
   * @returns what it wrote to standard output.
   * @throws with all that it wrote.
   */
  run(script: string): Promise<string>
}

export async function openDesk(platform: Platform): Promise<Desk> {
  const directory = temporaryDirectory()
  const at = (name: string) => join(directory.path, name)
  for (const folder of ['charts', 'docs']) symlinkSync(join(PROJECT, folder), at(folder))
  await placePrograms(at('bin'))
  for (const region of REGIONS) await placeRegion(region, at)
  const [management, france] = [MANAGEMENT, FRANCE].map(plan =>
    readKubeconfig(platform.cluster(plan).kubeconfig),
  )
  if (!management || !france) throw new Error('cannot make a kubeconfig: a cluster has none')
  writeContexts(at('kubeconfig'), { management, fr: france, site: france })
  const path = [at('bin'), dirname(process.execPath), process.env.PATH]
  const env = {
    ...variables,
    PATH: path.join(delimiter),
    HOME: directory.path,
    KUBECONFIG: at('kubeconfig'),
  }
  return {
    run: script => bash(script, { cwd: directory.path, env }),
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  }
}

async function placePrograms(folder: string): Promise<void> {
  mkdirSync(folder)
  const programs = await findAssets(['kubectl', 'helm'])
  for (const [name, path] of Object.entries(programs)) symlinkSync(path, join(folder, name))
  const plugin = ['run', '--silent', 'plugin', '--', '--output', join(folder, 'kubectl-platen')]
  await run('npm', ['--prefix', PROJECT, ...plugin])
}

/** The Region as the demonstration has it, so that applying it again changes nothing. */
async function placeRegion(region: RegionPlan, at: (name: string) => string): Promise<void> {
  const { spec, secret } = await regionBackup(region.cluster, region.name)
  writeFileSync(
    at(`region-${region.name}.yaml`),
    JSON.stringify(regionObject(region, RELEASE, spec)),
  )
  const keys = at(`object-store-${region.name}`)
  mkdirSync(keys, { mode: 0o700 })
  for (const [name, value] of Object.entries<string>(secret.stringData)) {
    writeFileSync(join(keys, name), value)
  }
}

interface Place {
  cwd: string
  env: Record<string, string>
}

function bash(script: string, { cwd, env }: Place): Promise<string> {
  const child = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let everything = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text
    everything += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    everything += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', status => {
      if (status === 0) resolve(output)
      else reject(new Error(`cannot go on, status ${status}:\n${everything.trim()}`))
    })
  })
}
