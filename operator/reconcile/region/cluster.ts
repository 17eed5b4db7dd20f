import { type Outcome, refused, waitFor } from '../outcome.ts'
import { lookAgain } from '../outcomes.ts'
import type { RegionRuntime } from './runtime.ts'
import type { RegionScope } from './scope.ts'

const CONDITION = 'ClusterReachable'
const AGAIN_MS = 30_000
/** The Secrets with the kubeconfigs are not watched, but read again. */
const KUBECONFIG_MS = 60_000

/** The connection to the region's cluster. Other regions never wait for it. */
export async function cluster(s: RegionScope): Promise<RegionRuntime | Outcome> {
  const connected = await s.connect()
  switch (connected.kind) {
    case 'connected':
      s.conditions.set(CONDITION, 'True', { reason: 'Reachable' })
      await keepIdentity(s, connected.clusterId)
      if (s.region.spec.cluster) lookAgain(s, new Date(s.now.getTime() + KUBECONFIG_MS))
      return connected.runtime
    case 'refused':
      return refused(CONDITION, 'Invalid', connected.message)
    case 'missing':
      return waitFor(CONDITION, 'SecretMissing', connected.message, AGAIN_MS)
    case 'invalid':
      return waitFor(CONDITION, 'KubeconfigInvalid', connected.message, AGAIN_MS)
    case 'other':
      return waitFor(CONDITION, 'OtherCluster', connected.message, AGAIN_MS)
    case 'unwatched':
      return waitFor(CONDITION, 'NotWatched', connected.message, AGAIN_MS)
    case 'unreachable':
      return waitFor(CONDITION, 'Unreachable', connected.message, AGAIN_MS)
    case 'syncing': {
      // An operator that starts anew must not make everything look broken.
      const condition = s.conditions.is(CONDITION, 'True') ? 'Progressing' : CONDITION
      return waitFor(condition, 'Waiting', connected.message, 1_000)
    }
  }
}

/** Written down before anything else is: from then on no other cluster is taken for the region's. */
async function keepIdentity(s: RegionScope, clusterId: string): Promise<void> {
  if (s.status.clusterId === clusterId) return
  s.status.clusterId = clusterId
  await s.flush()
}
