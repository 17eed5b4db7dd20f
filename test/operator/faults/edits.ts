import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject, Rest } from '../../kubernetes/index.ts'
import { OPERATOR } from '../support/objects.ts'
import { find } from '../support/objects-of.ts'

/** What somebody does by hand to a child, and what of it shows whether it was repaired. */
export interface Edit {
  kind: string
  /** Of the object; `NS` is the tenant's namespace. */
  path: string
  /** RFC 7396. */
  patch: object
  field(object: KubeObject): unknown
  /** Who does it, where admission lets nobody else. */
  as?: string
}

/** One for each kind that is in a tenant's stack. */
export const EDITS: readonly Edit[] = [
  {
    kind: 'Namespace',
    path: '/api/v1/namespaces/NS',
    patch: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } },
    field: ({ metadata }) => metadata.labels['pod-security.kubernetes.io/enforce'],
  },
  {
    kind: 'ResourceQuota',
    path: '/api/v1/namespaces/NS/resourcequotas/tenant',
    patch: { spec: { hard: { pods: '1000' } } },
    field: ({ spec }) => spec.hard.pods,
  },
  {
    kind: 'LimitRange',
    path: '/api/v1/namespaces/NS/limitranges/tenant',
    patch: { spec: { limits: null } },
    field: ({ spec }) => spec.limits,
  },
  {
    kind: 'ServiceAccount',
    path: '/api/v1/namespaces/NS/serviceaccounts/api',
    patch: { automountServiceAccountToken: true },
    field: object => object.automountServiceAccountToken,
  },
  {
    kind: 'NetworkPolicy',
    path: '/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies/default-deny',
    patch: { spec: { policyTypes: ['Ingress'], egress: [{}] } },
    field: ({ spec }) => [spec.policyTypes, spec.egress],
    as: OPERATOR,
  },
  {
    kind: 'ConfigMap',
    path: '/api/v1/namespaces/NS/configmaps/tenant',
    patch: { data: { 'sites.json': '[]' } },
    field: ({ data }) => data['sites.json'],
  },
  {
    kind: 'StatefulSet',
    path: '/apis/apps/v1/namespaces/NS/statefulsets/database',
    patch: { spec: { replicas: 2 } },
    field: ({ spec }) => spec.replicas,
  },
  {
    kind: 'Deployment',
    path: '/apis/apps/v1/namespaces/NS/deployments/api',
    patch: { spec: { replicas: 3, template: { spec: { shareProcessNamespace: true } } } },
    field: ({ spec }) => [spec.replicas, spec.template.spec.shareProcessNamespace],
  },
  {
    kind: 'Service',
    path: '/api/v1/namespaces/NS/services/ingest',
    patch: { spec: { selector: { elsewhere: 'yes' } } },
    field: ({ spec }) => spec.selector,
  },
  {
    kind: 'CronJob',
    path: '/apis/batch/v1/namespaces/NS/cronjobs/expire',
    patch: { spec: { suspend: true } },
    field: ({ spec }) => spec.suspend,
  },
  {
    kind: 'PodDisruptionBudget',
    path: '/apis/policy/v1/namespaces/NS/poddisruptionbudgets/api',
    patch: { spec: { maxUnavailable: '100%' } },
    field: ({ spec }) => spec.maxUnavailable,
  },
]

/** For a machine that is busy with other tests. */
const DEADLINE_MS = 60_000

/** Edits, and answers with how many milliseconds later it was as before. */
export async function repairOf(rest: Rest, edit: Edit, tenant: string): Promise<number> {
  const path = edit.path.replace('NS', `tenant-${tenant}`)
  const seen = (object: KubeObject) => JSON.stringify(edit.field(object))
  const before = seen(await rest.call('GET', path))
  const changed = await rest.call('PATCH', path, {
    body: edit.patch,
    patch: 'merge',
    ...(edit.as !== undefined && { as: edit.as }),
  })
  if (seen(changed) === before) throw new Error(`the edit of ${path} changes nothing`)
  return await timeUntil(
    `${path} is repaired`,
    async () => seen(await rest.call('GET', path)) === before,
  )
}

/** Deletes, and answers with how many milliseconds later there was another one. */
export async function returnOf(rest: Rest, path: string, as?: string): Promise<number> {
  const { metadata } = await rest.call('GET', path)
  await rest.call('DELETE', path, {
    body: { propagationPolicy: 'Background' },
    ...(as !== undefined && { as }),
  })
  return await timeUntil(`${path} is there again`, async () => {
    const found = await find(rest, path)
    return found !== undefined && found.metadata.uid !== metadata.uid
  })
}

export async function timeUntil(what: string, holds: () => Promise<boolean>): Promise<number> {
  const begun = performance.now()
  while (!(await holds())) {
    if (performance.now() - begun > DEADLINE_MS) throw new Error(`waited in vain until ${what}`)
    await sleep(10)
  }
  return performance.now() - begun
}

/** For people; no test depends on times. */
export function tellTimes(what: string, times: readonly number[]): void {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)
  tell(`${what}: ${times.length} times, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`)
}

export const tell = (line: string) => void process.stderr.write(`${line}\n`)
