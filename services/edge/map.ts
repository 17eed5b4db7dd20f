import { readFile, rename, writeFile } from 'node:fs/promises'

/** Where a host's connections go: addresses of the Services of its namespace, undefined while they are not known. */
export interface Target {
  ingest: string | undefined
  api: string | undefined
}

/** HAProxy's map: the value for a host is `INGEST,API`. */
export type HostMap = ReadonlyMap<string, string>

const UNKNOWN = 'none'

/** Hosts of which nothing is known are left out: there is nowhere to send their connections. */
export function hostMap(targets: Iterable<[string, Target]>): HostMap {
  const known = [...targets].filter(([, { ingest, api }]) => ingest ?? api)
  return new Map(
    known.map(([host, { ingest = UNKNOWN, api = UNKNOWN }]) => [host, `${ingest},${api}`]),
  )
}

export function targetOf(value: string): Target {
  const [ingest, api] = value
    .split(',')
    .map(address => (address === UNKNOWN || address === '' ? undefined : address))
  return { ingest, api }
}

export function isSame(a: HostMap, b: HostMap): boolean {
  return a === b || (a.size === b.size && [...a].every(([host, value]) => b.get(host) === value))
}

export function linesOf(map: HostMap): string[] {
  return [...map].map(([host, value]) => `${host} ${value}`)
}

/** The map that was written last, empty when there is none. */
export async function readMap(file: string): Promise<HostMap> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const rows = text.split('\n').map(line => line.split(' '))
  return new Map(rows.flatMap(([host, value]) => (host && value ? [[host, value]] : [])))
}

/** HAProxy may start at any moment: it finds the old map or the new one. */
export async function writeMap(file: string, map: HostMap): Promise<void> {
  const text = linesOf(map).map(line => `${line}\n`)
  await writeFile(`${file}.new`, text.join(''))
  await rename(`${file}.new`, file)
}
