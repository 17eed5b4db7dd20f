import type { Cluster } from '../cluster/cluster.ts'
import type { KubernetesObject, ObjectMeta } from '../cluster/object.ts'
import { FINALIZER } from '../names.ts'

interface Resource {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
}

export function hasFinalizer({ metadata }: Resource): boolean {
  return metadata.finalizers?.includes(FINALIZER) ?? false
}

/**
 * By server-side apply: the list is a set, so that finalizers of others stay. An object that went meanwhile is not made
 * again, because the uid says which one is meant.
 */
export async function addFinalizer(
  cluster: Cluster,
  { apiVersion, kind, metadata: { name, uid } }: Resource,
  signal: AbortSignal,
): Promise<KubernetesObject> {
  const metadata = { name, ...(uid !== undefined && { uid }), finalizers: [FINALIZER] }
  return await cluster.apply({ apiVersion, kind, metadata }, { signal })
}

/** By replacing, so that it also goes where somebody else wrote it, e.g. a restore. */
export async function giveUpFinalizer(
  cluster: Cluster,
  { apiVersion, kind, metadata: { name, uid } }: Resource,
  signal: AbortSignal,
): Promise<void> {
  const stored = await cluster.get({ apiVersion, kind, name }, { signal })
  if (!stored || stored.metadata.uid !== uid || !hasFinalizer(stored)) return
  const finalizers = stored.metadata.finalizers?.filter(one => one !== FINALIZER) ?? []
  await cluster.replace({ ...stored, metadata: { ...stored.metadata, finalizers } }, { signal })
}
