import { ownedOf } from '../cluster/digest.ts'
import { type KubernetesObject, nameOf, type ObjectRef } from '../cluster/object.ts'
import type { Target } from './apply.ts'
import type { Reporter } from './report.ts'

/** With what an object of a cluster is changed. */
export interface Hands {
  target: Pick<Target, 'cluster'>
  signal: AbortSignal
  report: Reporter
}

/** Applies what we applied before in another form; undefined: it is right as it is. */
export async function change(
  { target: { cluster }, signal, report }: Hands,
  ref: ObjectRef,
  edit: (own: KubernetesObject) => KubernetesObject | undefined,
): Promise<void> {
  const stored = await cluster.get(ref, { signal })
  if (!stored) return
  const own = ownedOf(stored)
  const changed = edit({ ...own, spec: own.spec ?? {} })
  if (!changed) return
  await cluster.apply(changed, { signal })
  report.log.info({ object: nameOf(ref) }, 'closed')
}
