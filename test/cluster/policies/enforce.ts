import { setTimeout as sleep } from 'node:timers/promises'
import type { Rest } from '../../kubernetes/rest.ts'
import { compile, type Place } from './compile.ts'
import type { Cluster, Namespace, NetworkPolicy, Pod } from './objects.ts'
import { keep, type Store } from './store.ts'
import { isThere, load } from './table.ts'

export interface EnforceOptions {
  rest: Rest
  place: Place
  tell: (line: string) => void
  signal: AbortSignal
}

/** Changes come in crowds; so long one waits for the others. */
const CROWD_MS = 30
/** So often the table is written without a change: somebody may have flushed it. */
const REFRESH_MS = 10_000
const RETRY_MS = 1_000

/**
 * Keeps the table as the cluster's policies want it, until the signal; what is in force then stays in force. Before
 * the cluster is known, no pod may send or receive anything, unless the rules of a predecessor are there.
 */
export async function enforce({ rest, place, tell, signal }: EnforceOptions): Promise<void> {
  if (!(await isThere(place.table))) {
    await load(compile({ pods: [], namespaces: [], policies: [] }, place))
  }
  let wake = () => {}
  const follow = <Kind>(path: string): Store<Kind> => {
    const failed = (error: Error) => tell(`cannot watch ${path}: ${error.message}; trying again`)
    return keep<Kind>(rest, { path, changed: () => wake(), failed, signal })
  }
  const pods = follow<Pod>('/api/v1/pods')
  const namespaces = follow<Namespace>('/api/v1/namespaces')
  const policies = follow<NetworkPolicy>('/apis/networking.k8s.io/v1/networkpolicies')
  const seen = () => allOf(pods.objects(), namespaces.objects(), policies.objects())

  let applied = ''
  let refreshAt = 0
  while (!signal.aborted) {
    const pause = new AbortController()
    wake = () => pause.abort()
    const cluster = seen()
    const ok = cluster ? await apply(cluster) : true
    const ends = AbortSignal.any([signal, pause.signal])
    await sleep(ok ? REFRESH_MS : RETRY_MS, undefined, { signal: ends }).catch(() => {})
    await sleep(CROWD_MS)
  }

  async function apply(cluster: Cluster): Promise<boolean> {
    const script = compile(cluster, place)
    // Most of what happens to pods, such as becoming ready, changes no rule.
    if (script === applied && performance.now() < refreshAt) return true
    try {
      await load(script)
    } catch (error) {
      tell(`${(error as Error).message}; the rules of before stay in force`)
      return false
    }
    if (script !== applied) tell(`in force: ${countsOf(cluster)}`)
    applied = script
    refreshAt = performance.now() + REFRESH_MS
    return true
  }
}

function allOf(pods?: Pod[], namespaces?: Namespace[], policies?: NetworkPolicy[]) {
  return pods && namespaces && policies && { pods, namespaces, policies }
}

function countsOf({ pods, namespaces, policies }: Cluster): string {
  return `${policies.length} policies, ${pods.length} pods, ${namespaces.length} namespaces`
}
