import type { KindRef, KubernetesObject, ObjectRef } from './object.ts'

/** The field manager of everything that the operator applies. */
export const FIELD_MANAGER = 'platen-operator'

/**
 * One Kubernetes API server. Every call ends at its signal. Failures are `ApiError`s whose message reads
 * "cannot apply Deployment tenant-acme/api: ...".
 */
export interface Cluster {
  /** `management`, or the name of the Region whose cluster it is. */
  readonly name: string

  /**
   * Server-side apply with `FIELD_MANAGER`, force and strict field validation, and one more patch where others set what
   * only we may (managed-fields.ts); answers with the stored object.
   */
  apply(object: KubernetesObject, options: CallOptions): Promise<KubernetesObject>

  /** Server-side apply of the status subresource. */
  applyStatus(object: KubernetesObject, options: CallOptions): Promise<KubernetesObject>

  /** Creates what must never be overwritten. `undefined`: an object of that name is there already. */
  create(object: KubernetesObject, options: CallOptions): Promise<KubernetesObject | undefined>

  /** Replaces the object; a `resourceVersion` that is not the stored one ends in a conflict. */
  replace(object: KubernetesObject, options: CallOptions): Promise<KubernetesObject>

  /** `undefined` also when the cluster does not serve the kind. */
  get(ref: ObjectRef, options: CallOptions): Promise<KubernetesObject | undefined>

  /** All objects of a kind, in pages, projected as they come so that no page outlives its turn. */
  list(kind: KindRef, options: ListOptions): AsyncIterable<KubernetesObject>

  /** Deletes the object with this uid and no other; false when it is gone already. */
  delete(ref: ObjectRef, uid: string, options: CallOptions): Promise<boolean>

  /** Whether the cluster serves the kind: CloudNativePG and cert-manager may be absent. */
  serves(kind: KindRef, options: CallOptions): Promise<boolean>
}

/** What reflectors and the health probe ask besides. */
export interface ClusterConnection extends Cluster, AsyncDisposable {
  /** Like `list`, a page at a time; a kind that is not served is an `ApiError` for which `isNotServed` holds. */
  pages(kind: KindRef, options: PageOptions): AsyncIterable<Page>

  /**
   * What happens after `resourceVersion`, until the server ends the stream. Throws when the stream breaks, when
   * nothing arrives for `silenceMs`, and when the server says that the version is gone (`isGone`).
   */
  watch(kind: KindRef, options: WatchOptions): AsyncIterable<WatchEvent>

  /** Resolves when the server says that it is ready to serve. */
  probe(options: CallOptions): Promise<void>
}

export interface CallOptions {
  signal: AbortSignal
}

export interface ListOptions extends CallOptions {
  namespace?: string
  labelSelector?: string
}

export interface PageOptions extends ListOptions {
  /** Objects come without spec and status. */
  metadataOnly?: boolean
}

export interface Page {
  /** Of the whole list: a watch goes on from here. */
  resourceVersion: string
  items: KubernetesObject[]
}

export interface WatchOptions extends ListOptions {
  resourceVersion: string
  /** After so long the server ends the stream. */
  timeoutSeconds: number
  /** After so long without a byte the stream counts as broken; the server sends a bookmark about every minute. */
  silenceMs: number
  /** Is called once the server has accepted. */
  onOpen: () => void
}

export interface WatchEvent {
  /** A bookmark's object has nothing but a `resourceVersion`. */
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  object: KubernetesObject
}
