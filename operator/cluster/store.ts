import type { KubernetesObject, ObjectMeta } from './object.ts'

export type Change<T> =
  | { type: 'added'; after: T }
  | { type: 'changed'; before: T; after: T }
  | { type: 'deleted'; before: T }

/** What is known of one object; a new one for each change. */
export interface Entry<T> {
  resourceVersion: string
  value: T
}

/** What is kept of the objects of one kind, by namespace and name. */
export interface Store<T> {
  get(key: string): Entry<T> | undefined
  entries(): ReadonlyMap<string, Entry<T>>
  /** False: nothing new. */
  put(object: KubernetesObject): boolean
  /** False: it was not there. */
  drop(key: string): boolean
}

export function createStore<T>(
  keep: (object: KubernetesObject) => T,
  onChange: (change: Change<T>) => void,
): Store<T> {
  const entries = new Map<string, Entry<T>>()
  return {
    get: key => entries.get(key),
    entries: () => entries,
    put(object) {
      const key = keyIn(object.metadata)
      const { resourceVersion = '' } = object.metadata
      const before = entries.get(key)
      if (before?.resourceVersion === resourceVersion) return false
      const after = keep(object)
      entries.set(key, { resourceVersion, value: after })
      onChange(before ? { type: 'changed', before: before.value, after } : { type: 'added', after })
      return true
    },
    drop(key) {
      const before = entries.get(key)
      if (!before) return false
      entries.delete(key)
      onChange({ type: 'deleted', before: before.value })
      return true
    },
  }
}

export function keyIn({ name, namespace = '' }: Pick<ObjectMeta, 'name' | 'namespace'>): string {
  return `${namespace}/${name}`
}
