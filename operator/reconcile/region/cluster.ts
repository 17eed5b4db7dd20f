import { type Outcome, refused, waitFor } from '../outcome.ts'
import type { RegionRuntime } from './runtime.ts'
import type { RegionScope } from './scope.ts'

const CONDITION = 'ClusterReachable'
const AGAIN_MS = 30_000

/** The connection to the region's cluster. Other regions never wait for it. */
export async function cluster(s: RegionScope): Promise<RegionRuntime | Outcome> {
  const connected = await s.connect()
  switch (connected.kind) {
    case 'connected':
      s.conditions.set(CONDITION, 'True', { reason: 'Reachable' })
      return connected.runtime
    case 'refused':
      return refused(CONDITION, 'Invalid', connected.message)
    case 'missing':
      return { ...waitFor(CONDITION, 'SecretMissing', connected.message, AGAIN_MS) }
    case 'invalid':
      return refused(CONDITION, 'KubeconfigInvalid', connected.message)
    case 'unreachable':
      return waitFor(CONDITION, 'Unreachable', connected.message, AGAIN_MS)
    case 'syncing': {
      // An operator that starts anew must not make everything look broken.
      const condition = s.conditions.is(CONDITION, 'True') ? 'Progressing' : CONDITION
      return waitFor(condition, 'Waiting', connected.message, 1_000)
    }
  }
}
