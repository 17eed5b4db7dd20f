import { nameOf, type ObjectRef } from '../../cluster/object.ts'
import { type Outcome, waitFor } from '../outcome.ts'
import type { StackScope } from './scope.ts'

/** The reflector tells when the kind appears; this is for a cluster that nobody could ask then. */
const AGAIN_MS = 60_000

/**
 * What to wait for while the cluster does not serve the kind of an object, which would otherwise be a failure of everything;
 * undefined: it does.
 * @param needs the condition that is not true without it, and what brings it, e.g. `cert-manager`
 */
export async function missingKind(
  { target, signal }: StackScope,
  ref: ObjectRef,
  needs: { condition: string; install: string },
): Promise<Outcome | undefined> {
  if (await target.cluster.serves(ref, { signal })) return undefined
  return waitFor(
    needs.condition,
    'KindMissing',
    `cannot make ${nameOf(ref)}: the cluster does not know the kind; install ${needs.install} in it`,
    AGAIN_MS,
  )
}
