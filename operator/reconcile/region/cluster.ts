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
    case 'syncing':
      return waitFor(CONDITION, 'Waiting', connected.message, 1_000)
  }
}
