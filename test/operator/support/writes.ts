import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditedRequest } from '../../kubernetes/index.ts'
import type { RegionCluster } from './region-cluster.ts'

export interface AuditedWrite extends AuditedRequest {
  /** Name of the control plane. */
  cluster: string
}

/** What the operator wrote to the clusters so far, but for its lease; the newest last. */
export async function writesTo(clusters: readonly RegionCluster[]): Promise<AuditedWrite[]> {
  const lists = await Promise.all(
    clusters.map(async ({ plane }) =>
      (await plane.requests()).map(request => ({ ...request, cluster: plane.name })),
    ),
  )
  return lists
    .flat()
    .filter(isWrite)
    .sort((a, b) => a.at - b.at)
}

const READS = new Set(['get', 'list', 'watch'])

/** A review of who one is stores nothing. */
function isWrite({ verb, resource }: AuditedRequest): boolean {
  return !READS.has(verb) && resource !== 'leases' && resource !== 'selfsubjectreviews'
}

const DEADLINE_MS = 90_000

export async function untilNoWrites(
  writes: () => Promise<AuditedWrite[]>,
  milliseconds: number,
): Promise<void> {
  const began = Date.now()
  for (;;) {
    const all = await writes()
    const last = Math.max(began, ...all.map(({ at }) => at))
    if (Date.now() - last > milliseconds) return
    if (Date.now() - began > DEADLINE_MS) {
      throw new Error(`it goes on writing: ${JSON.stringify(all.slice(-5))}`)
    }
    await sleep(200)
  }
}
