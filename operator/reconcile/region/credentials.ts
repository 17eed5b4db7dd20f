import { credentialsOf, readCopies } from '../../secrets/copies.ts'
import { done, type Outcome, refused } from '../outcome.ts'
import type { PlacedScope } from './scope.ts'

/** What people put into the region's namespace for all its tenants: pull secrets, the backup's credentials. */
export async function credentials(s: PlacedScope): Promise<Outcome> {
  const { copies, refusals } = await readCopies(
    { cluster: s.target.cluster, namespace: s.namespace },
    credentialsOf(s.region.spec),
    s.signal,
  )
  s.next.copies = copies
  if (refusals.length === 0) return done
  return refused('CredentialsReady', 'SecretMissing', refusals.join('; '))
}
