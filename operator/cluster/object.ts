/** A Kubernetes object as the API serves it. Kinds are told apart by `apiVersion` and `kind`. */
export interface KubernetesObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  [field: string]: unknown
}

export interface ObjectMeta {
  name: string
  namespace?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  managedFields?: ManagedFields[]
}

export interface ManagedFields {
  manager?: string
  operation?: 'Apply' | 'Update'
  subresource?: string
  fieldsV1?: FieldsV1
}

/** Which fields a manager owns: https://kubernetes.io/docs/reference/using-api/server-side-apply/ */
export interface FieldsV1 {
  [path: string]: FieldsV1
}

export interface KindRef {
  apiVersion: string
  kind: string
}

export interface ObjectRef extends KindRef {
  name: string
  namespace?: string
}

export function refOf({ apiVersion, kind, metadata }: KubernetesObject): ObjectRef {
  const { name, namespace } = metadata
  return namespace === undefined
    ? { apiVersion, kind, name }
    : { apiVersion, kind, name, namespace }
}

/** One text for one object of a cluster, e.g. `apps/v1/Deployment/tenant-acme/api`; the namespace is empty where there is none. */
export function keyOf({ apiVersion, kind, name, namespace = '' }: ObjectRef): string {
  return `${apiVersion}/${kind}/${namespace}/${name}`
}

/** For messages, e.g. `Deployment tenant-acme/api`. */
export function nameOf({ kind, name, namespace }: ObjectRef): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}
