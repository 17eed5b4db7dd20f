import { setTimeout as sleep } from 'node:timers/promises'

/** What GraphQL shows of the monitor's work since it was started. */
export interface Sight {
  /** Printers in GraphQL. */
  inGraphql: number
  /** Printers that the monitor knows, and those of them that do not answer; absent before its first sweep is done. */
  found?: number
  unreadable?: number
  /** True once the monitor has swept its networks and all it found has arrived. */
  complete: boolean
}

export interface Endpoint {
  url: string
  token: string
}

/**
 * Looks through GraphQL itself until every printer of the first sweep is there.
 * @param since start of the monitor process: health reports of an earlier one do not count.
 * @param each called with every change of what is seen.
 */
export async function untilComplete(
  endpoint: Endpoint,
  since: Date,
  each: (sight: Sight) => void,
  signal: AbortSignal,
): Promise<Sight> {
  let last = ''
  while (!signal.aborted) {
    const sight = await look(endpoint, since)
    const text = JSON.stringify(sight)
    if (sight && text !== last) each(sight)
    last = text
    if (sight?.complete) return sight
    await sleep(200, undefined, { signal }).catch(() => {})
  }
  throw new Error('cannot wait for the printers: stopped')
}

const QUERY = `{
  devices(first: 1) { totalCount }
  monitors(first: 1) { nodes { startedAt sweeps deviceCount unreadableCount } }
}`

interface Answer {
  data?: {
    devices: { totalCount: number }
    monitors: { nodes: MonitorAnswer[] }
  }
  errors?: { message: string }[]
}

interface MonitorAnswer {
  startedAt: string | null
  sweeps: number | null
  deviceCount: number | null
  unreadableCount: number | null
}

async function look({ url, token }: Endpoint, since: Date): Promise<Sight | undefined> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: QUERY }),
    signal: AbortSignal.timeout(10_000),
  }).catch(() => undefined)
  if (!response || response.status >= 500) return undefined // the API is being started again
  const { data, errors } = (await response.json()) as Answer
  if (errors?.[0]) throw new Error(`cannot see the printers in GraphQL: ${errors[0].message}`)
  if (!data) return undefined
  const inGraphql = data.devices.totalCount
  const monitor = data.monitors.nodes.find(
    ({ startedAt }) => startedAt && new Date(startedAt) >= since,
  )
  if (!monitor?.sweeps) return { inGraphql, complete: false }
  const [found, unreadable] = [monitor.deviceCount ?? 0, monitor.unreadableCount ?? 0]
  return { inGraphql, found, unreadable, complete: inGraphql >= found }
}
