import type { KindRef, KubernetesObject } from '../cluster/object.ts'
import { LABELS, MANAGED_BY, regionNamespace } from '../names.ts'
import type { EdgeInput } from './input.ts'

/** Name of nearly everything here, and `app.kubernetes.io/name` and `/component`. */
export const EDGE = 'edge'

export function labelsOf({ region }: EdgeInput): Record<string, string> {
  return {
    [LABELS.managedBy]: MANAGED_BY,
    [LABELS.partOf]: 'platen',
    [LABELS.region]: region.metadata.name,
    [LABELS.name]: EDGE,
    [LABELS.component]: EDGE,
  }
}

/** Selects the edge's pods; a selector never changes. */
export function selectorOf({ region }: EdgeInput): Record<string, string> {
  return { [LABELS.name]: EDGE, [LABELS.region]: region.metadata.name }
}

/** One object in the region's namespace with its labels. */
export function owned(
  input: EdgeInput,
  { apiVersion, kind, name = EDGE }: KindRef & { name?: string },
  content: Record<string, unknown>,
): KubernetesObject {
  const namespace = regionNamespace(input.region.metadata.name)
  return { apiVersion, kind, metadata: { name, namespace, labels: labelsOf(input) }, ...content }
}
