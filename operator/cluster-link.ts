import { type ClusterCache, startCache } from './cluster/cache.ts'
import type { Cluster, ClusterConnection } from './cluster/cluster.ts'
import { startHealth } from './cluster/health.ts'
import type { Observed } from './cluster/observed.ts'
import { observe } from './cluster/project.ts'
import type { ReflectorReport, Trouble } from './cluster/reflector.ts'
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
  /** Counts what is written. */
  readonly cluster: Cluster
  /** The same, which remembers what was written: for what the cache follows. */
  readonly target: Target
  readonly places: Places
  isUp(): boolean
  /** Of a kind that could not be watched for some time: of its objects nothing is known any more. */
  trouble(): Trouble | undefined
  /** Everything in it is known, and is watched. */
  isKnown(): boolean
  /** Aborted when the cluster stops answering: calls into it end at once, and whoever made them is free again. */
  downSignal(): AbortSignal
}

export interface LinkOptions {
  connection: ClusterConnection
  /** True unless told. */
  holdsRegions?: boolean
  /** Counts what is written. */
  count(cluster: Cluster): Cluster
  /** Of every change but the echo of our own writes, once everything is known. */
  onChange(change: Change<Observed>): void
  onReport(report: ReflectorReport): void
  /** It answers again, or no longer; or what can be watched in it has changed. */
  onUp(): void
}

/** As long as watches need to come back after the API server was away. */
const TROUBLE_MS = 20_000
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
  const cache = startCache({
    cluster: connection,
    watched,
    onReport(report) {
      onReport(report)
      if (report.type === 'appeared' || isTroubleNew()) onUp()
    },
  })
  const writes = new OwnWrites()
  const places = new Places()
  let down = new AbortController()
  cache.onChange(change => {
    if (isOfNode(change)) places.update(cache.nodes())
    if (change.type === 'deleted') writes.sawGone(change.before)
    else if (writes.saw(change.after)) return
    // What the first lists show is no news: nobody has concluded anything yet.
    if (cache.synced) onChange(change)
  })

  const trouble = () => cache.trouble(TROUBLE_MS)
  let wasTrouble = false
  function isTroubleNew(): boolean {
    const before = wasTrouble
    wasTrouble = trouble() !== undefined
    return wasTrouble !== before
  }

  const health = startHealth({
    cluster: connection,
    timing: PROBING,
    onChange({ state }) {
      if (state === 'unreachable') {
        // Only of what runs now: who comes later sees that it does not answer, and has to say so elsewhere.
        down.abort(new Error('the cluster does not answer'))
        down = new AbortController()
      }
      onUp()
    },
  })
  const cluster = count(connection)
  return {
    connection,
    holdsRegions,
    cache,
    places,
    cluster,
    target: { cluster: remembering(cluster, writes, observe), cache, writes, observe },
    isUp: () => health.current.state !== 'unreachable',
    trouble,
    isKnown: () => cache.synced && trouble() === undefined,
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
