import { type KubeObject, type Rest, RestError } from '../../kubernetes/index.ts'

/** Everything namespaced that a stack, an edge, or another operator for them may consist of. */
const KINDS: readonly [group: string, ...plurals: string[]][] = [
  [
    'api/v1',
    'configmaps',
    'limitranges',
    'persistentvolumeclaims',
    'pods',
    'resourcequotas',
    'secrets',
    'serviceaccounts',
    'services',
  ],
  ['apis/apps/v1', 'deployments', 'statefulsets'],
  ['apis/batch/v1', 'cronjobs', 'jobs'],
  ['apis/networking.k8s.io/v1', 'networkpolicies'],
  ['apis/policy/v1', 'poddisruptionbudgets'],
  ['apis/cert-manager.io/v1', 'certificates'],
  ['apis/postgresql.cnpg.io/v1', 'backups', 'clusters', 'scheduledbackups'],
]

/** All objects in a namespace, and it itself first; none when it does not exist. */
export async function objectsIn(rest: Rest, namespace: string): Promise<KubeObject[]> {
  const own = await find(rest, `/api/v1/namespaces/${namespace}`)
  if (!own) return []
  const paths = KINDS.flatMap(([group, ...plurals]) =>
    plurals.map(plural => `/${group}/namespaces/${namespace}/${plural}`),
  )
  const lists = await Promise.all(paths.map(path => find(rest, path)))
  const items = lists.flatMap(list =>
    (list?.items ?? []).map((item: KubeObject) => ({ ...item, kind: list.kind.slice(0, -4) })),
  )
  // What Kubernetes itself puts into every namespace.
  const isOfNobody = ({ kind, metadata }: KubeObject) =>
    ['ConfigMap kube-root-ca.crt', 'ServiceAccount default'].includes(`${kind} ${metadata.name}`)
  return [own, ...items.filter(item => !isOfNobody(item))]
}

/** Undefined: it does not exist, or its kind is not served. */
export async function find(rest: Rest, path: string): Promise<KubeObject | undefined> {
  try {
    return await rest.call('GET', path)
  } catch (error) {
    if (error instanceof RestError && error.status === 404) return undefined
    throw error
  }
}

/** `KIND NAME`, in order. */
export function namesOf(objects: KubeObject[]): string[] {
  return objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()
}
