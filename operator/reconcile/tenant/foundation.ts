import { applyAll } from '../apply.ts'
import { done, type Outcome } from '../outcome.ts'
import { withRoom } from './quota.ts'
import type { StackScope } from './scope.ts'

/** Quotas, network policies, service accounts, configuration. */
export async function foundation(s: StackScope): Promise<Outcome> {
  await applyAll(s.target, await withRoom(s), s.signal)
  return done
}
