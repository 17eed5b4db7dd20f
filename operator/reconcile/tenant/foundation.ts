import { applyAll } from '../apply.ts'
import { done, type Outcome } from '../outcome.ts'
import { withRoom } from './quota.ts'
import type { StackScope } from './scope.ts'

/** Quotas, network policies, service accounts, configuration; and at once the end of an ingest that must not run. */
export async function foundation(s: StackScope): Promise<Outcome> {
  if (!s.accepting) await applyAll(s.target, s.stack.ingest, s.signal)
  // With its first entry, so that it is written once. Only the API reads it, which starts when the place is verified.
  const ledger = s.ledger.length > 0 ? s.stack.ledger : []
  await applyAll(s.target, [...(await withRoom(s)), ...ledger], s.signal)
  return done
}
