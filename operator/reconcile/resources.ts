import type { KubernetesObject } from '../cluster/object.ts'
import { isNewer } from '../cluster/resource-version.ts'
import type { Resource } from './status.ts'

/**
 * All Tenants, or all Regions, as the watch tells them and as our own writes left them, whichever is newer: a reconcile
 * that follows right upon another one must not start from the status before.
 */
export class Resources<T extends Resource> {
  readonly #byName = new Map<string, T>()
  /** The resource version of our last write. */
  readonly #own = new Map<string, string>()

  get(name: string): T | undefined {
    return this.#byName.get(name)
  }

  values(): T[] {
    return [...this.#byName.values()]
  }

  /** From the watch. The echo of our own write counts, too, so that nothing is kept twice: the watch keeps its own. */
  saw(object: T): void {
    const { name, resourceVersion = '' } = object.metadata
    const known = this.#byName.get(name)?.metadata.resourceVersion
    if (known === undefined || !isNewer(known, resourceVersion)) this.#byName.set(name, object)
  }

  sawGone({ metadata: { name, uid } }: T): void {
    if (this.#byName.get(name)?.metadata.uid !== uid) return
    this.#byName.delete(name)
    this.#own.delete(name)
  }

  /** Whether nobody has written the object since we did. */
  isOurs(name: string): boolean {
    const known = this.#byName.get(name)
    return known === undefined || known.metadata.resourceVersion === this.#own.get(name)
  }

  /** What the server answered to a write of ours. An object that went meanwhile stays gone. */
  wrote(stored: KubernetesObject): void {
    const { name, uid, resourceVersion = '' } = stored.metadata
    const known = this.#byName.get(name)
    if (known?.metadata.uid !== uid) return
    this.#own.set(name, resourceVersion)
    if (!isNewer(resourceVersion, known?.metadata.resourceVersion ?? '')) return
    this.#byName.set(name, kept(stored) as unknown as T)
  }
}

/** Without what nobody here reads, and which is half of it. */
export function kept(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** What makes a reconcile necessary; a status, which only we write, does not. */
export function intentOf({ metadata, ...rest }: Resource): string {
  const { generation, annotations, finalizers, deletionTimestamp, uid } = metadata
  // Without generations (a CRD without a status subresource) the spec itself has to tell.
  const spec = generation === undefined ? rest : undefined
  return JSON.stringify([uid, generation, annotations, finalizers, deletionTimestamp, spec])
}
