import { type ClusterCache, startCache } from './cluster/cache.ts'
import type { Cluster, ClusterConnection } from './cluster/cluster.ts'
import { startHealth } from './cluster/health.ts'
import type { Observed } from './cluster/observed.ts'
import { observe } from './cluster/project.ts'
import type { ReflectorReport } from './cluster/reflector.ts'
import type { Change } from './cluster/store.ts'
import { WATCHED } from './cluster/watched.ts'
import { remembering, type Target } from './reconcile/apply.ts'
import { OwnWrites } from './reconcile/writes.ts'
import { Places } from './residency/places.ts'

/** One cluster as long as the operator is connected to it: what is known of it, and whether it answers. */
export interface ClusterLink extends AsyncDisposable {
  readonly connection: ClusterConnection
  /** Whether a region may live in it; otherwise the operator has no right to look at anything but its own kinds. */
  readonly holdsRegions: boolean
  readonly cache: ClusterCache
  readonly target: Target
  readonly places: Places
  isUp(): boolean
  /** Aborted when the cluster stops answering: calls into it end at once, and whoever made them is free again. */
  downSignal(): AbortSignal
}

export interface LinkOptions {
  connection: ClusterConnection
  /** True unless told. */
  holdsRegions?: boolean
  /** Counts what is written. */
  count(cluster: Cluster): Cluster
  /** Of every change but the echo of our own writes. */
  onChange(change: Change<Observed>): void
  onReport(report: ReflectorReport): void
  /** It answers again, or no longer. */
  onUp(isUp: boolean): void
}

const PROBING = { everyMs: 5_000, timeoutMs: 4_000, secondMs: 500 }

export function openLink({
  connection,
  holdsRegions = true,
  count,
  onChange,
  onReport,
  onUp,
}: LinkOptions): ClusterLink {
  const watched = holdsRegions ? WATCHED : []
  const cache = startCache({ cluster: connection, watched, onReport })
  const writes = new OwnWrites()
  const places = new Places()
  let down = new AbortController()
  cache.onChange(change => {
    if (isOfNode(change)) places.update(cache.nodes())
    if (change.type === 'deleted') writes.sawGone(change.before)
    else if (writes.saw(change.after)) return
    onChange(change)
  })

  const health = startHealth({
    cluster: connection,
    timing: PROBING,
    onChange({ state }) {
      if (state === 'unreachable') {
        // Only of what runs now: who comes later sees that it does not answer, and has to say so elsewhere.
        down.abort(new Error('the cluster does not answer'))
        down = new AbortController()
      }
      onUp(state === 'reachable')
    },
  })
  return {
    connection,
    holdsRegions,
    cache,
    places,
    target: { cluster: remembering(count(connection), writes, observe), cache, writes, observe },
    isUp: () => health.current.state !== 'unreachable',
    downSignal: () => down.signal,
    async [Symbol.asyncDispose]() {
      await health[Symbol.asyncDispose]()
      await cache[Symbol.asyncDispose]()
      await connection[Symbol.asyncDispose]()
    },
  }
}

function isOfNode(change: Change<Observed>): boolean {
  const { ref } = change.type === 'deleted' ? change.before : change.after
  return ref.kind === 'Node'
}
