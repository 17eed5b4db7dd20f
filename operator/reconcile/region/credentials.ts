import { credentialsOf, readCopies } from '../../secrets/copies.ts'
import { done, type Outcome } from '../outcome.ts'
import type { PlacedScope } from './scope.ts'

/** What people put into the region's namespace for all its tenants: pull secrets, the backup's credentials. The edge tells what is missing. */
export async function credentials(s: PlacedScope): Promise<Outcome> {
  const { copies, refusals } = await readCopies(
    { cluster: s.target.cluster, namespace: s.namespace },
    credentialsOf(s.region.spec),
    s.signal,
  )
  s.next.copies = copies
  s.missingCredentials = refusals
  return done
}
