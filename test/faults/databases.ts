import { connect, createMonitor, createSite, migrate } from '@platen/database'
import { MONITORS } from './monitors.ts'

export const DOMAIN = 'platen.localhost'

export interface Databases {
  /** The one that the processes under test write. */
  url: string
  /** An empty one of the same kind, for an undisturbed run. */
  referenceUrl: string
}

/** Makes two migrated databases that know the monitors, on the server at this superuser URL. */
export async function makeDatabases(serverUrl: string): Promise<Databases> {
  const url = await makeDatabase(serverUrl, 'tenant')
  const referenceUrl = await makeDatabase(serverUrl, 'reference')
  return { url, referenceUrl }
}

export function passwordOf(monitor: string): string {
  return `${monitor}-password`
}

async function makeDatabase(serverUrl: string, name: string): Promise<string> {
  const admin = connect(serverUrl, { max: 1 })
  await admin.unsafe(`create database ${name}`)
  await admin.end()
  const target = new URL(serverUrl)
  target.pathname = `/${name}`
  const url = target.href
  await migrate(url)
  const sql = connect(url, { max: 1 })
  const site = await createSite(sql, 'A site')
  for (const monitor of MONITORS) {
    const password = passwordOf(monitor.name)
    await createMonitor(sql, { name: monitor.name, site, host: DOMAIN, password })
  }
  await sql.end()
  return url
}
