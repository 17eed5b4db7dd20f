import type { ObjectRef } from './object.ts'

/**
 * What is kept of an object after its watch event: some hundred bytes, so that tens of thousands of them fit into
 * memory. Values of Secrets and ConfigMaps are never kept.
 */
export interface Observed {
  ref: ObjectRef
  uid: string
  resourceVersion: string
  /** Of the fields that `FIELD_MANAGER` applied, as they are now; compare with `digestOf(desired)`. */
  digest: string
  /** Those that the operator reads. */
  labels: Record<string, string>
  /** Those of `platen.dev/` only. */
  annotations: Record<string, string>
  deleting: boolean
  facts: Facts
}

/** What reconcile asks of an object of each kind; a kind without an entry has none. */
export type Facts =
  | { kind: 'none' }
  /** Deployments, StatefulSets and CloudNativePG Clusters, in one form. */
  | WorkloadFacts
  /** Jobs and CloudNativePG's Backups, in one form. */
  | { kind: 'job'; state: 'running' | 'succeeded' | 'failed' }
  | PodFacts
  | PolicyFacts
  | ClaimFacts
  | VolumeFacts
  /** `created`: Unix time in milliseconds. */
  | { kind: 'node'; labels: Record<string, string>; created: number }
  | { kind: 'certificate'; ready: boolean; reason?: string }
  | { kind: 'namespace'; phase: string }
  /** `keys`: names without values. `content`: a hash of the values, which tells that they changed. */
  | { kind: 'secret'; type: string; keys: string[]; content: string }

export interface PodFacts {
  kind: 'pod'
  node?: string
  phase: string
  ready: boolean
  /** Required node affinity; empty: none. */
  affinity: NodeTerm[]
  /** Its controller, e.g. `ReplicaSet/api-6f7d9`; absent: somebody made it by hand. */
  owner?: string
  /** Names of its containers, `init` ones first, e.g. `xmpp,ingest`. */
  containers: string
  /** Somebody put an ephemeral container into it while it ran: it stays there until the pod goes. */
  entered?: true
  /** What its container `restore`, or `backup` of a Job, said when it ended: https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/ */
  told?: string
  /** A kind of volume that can keep or fetch data outside of the pod and its claims, e.g. `csi`. */
  volume?: string
}

/** Of a NetworkPolicy. */
export interface PolicyFacts {
  kind: 'policy'
  /** All of its spec is as `FIELD_MANAGER` applied it: nobody else set a field. */
  ours: boolean
}

export interface ClaimFacts {
  kind: 'claim'
  phase: string
  volume?: string
  storageClass?: string
  /** `spec.resources.requests.storage`, e.g. `20Gi`. */
  requested?: string
  /** It is filled from a snapshot or another claim: `spec.dataSource` or `spec.dataSourceRef` is set. */
  dataSource: boolean
  /** Somebody chose the volume: it is bound, and `pv.kubernetes.io/bound-by-controller` is not among its annotations. */
  preset: boolean
}

export interface VolumeFacts {
  kind: 'volume'
  claim?: { namespace: string; name: string }
  /** Required node affinity, `matchExpressions` only; empty: none. */
  affinity: NodeTerm[]
  /** A provisioner made it: the annotation `pv.kubernetes.io/provisioned-by` is there. */
  provisioned: boolean
}

export interface WorkloadFacts {
  kind: 'workload'
  desired: number
  ready: number
  updated: number
  /** The controller has seen the newest spec. */
  current: boolean
  /** Why it cannot get there, e.g. `ProgressDeadlineExceeded`. */
  failed?: string
  /** When its last backup ended, in RFC 3339: of a CloudNativePG Cluster with a store. */
  backedUpAt?: string
  /** A CloudNativePG Cluster with a store. */
  archives?: true
}

/** One term of a volume's required node affinity: all requirements of a term hold together, terms are alternatives. */
export interface NodeTerm {
  requirements: { key: string; operator: string; values: string[] }[]
}

/** The latest known state of a cluster's objects that the operator cares about, kept by watches. */
export interface Cache {
  /** False until every watched kind was listed once: nothing may be concluded from absence before. */
  readonly synced: boolean
  get(ref: ObjectRef): Observed | undefined
  /** Everything labelled as this tenant's, in whatever namespace. */
  ofTenant(name: string): Observed[]
  /** Everything labelled as this region's own: edge, authority. */
  ofRegion(name: string): Observed[]
  node(name: string): Observed | undefined
  nodes(): Iterable<Observed>
  /** Those of ours. */
  namespaces(): Iterable<Observed>
  volume(name: string): Observed | undefined
  /** Whether the watch has come as far as this version of the object; never, where nobody watches the kind. */
  seen(ref: ObjectRef, resourceVersion: string): boolean
}
