import { applyAll } from '../apply.ts'
import { done, type Outcome } from '../outcome.ts'
import { withRoom } from './quota.ts'
import type { StackScope } from './scope.ts'

/** Quotas, network policies, service accounts, configuration; and at once the end of an ingest that must not run. */
export async function foundation(s: StackScope): Promise<Outcome> {
  if (!s.accepting) await applyAll(s.target, s.stack.ingest, s.signal)
  await applyAll(s.target, [...(await withRoom(s)), ...s.stack.ledger], s.signal)
  return done
}
