import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import {
  type ClusterAccess,
  describeKubernetes,
  sharedControlPlane,
} from '../../test/kubernetes/index.ts'
import { digestOf, digestOwned } from '../cluster/digest.ts'
import type { KubernetesObject } from '../cluster/object.ts'
import { ANNOTATIONS, LABELS, MANAGED_BY } from '../names.ts'
import type { Region } from '../resources/region.ts'
import {
  binding,
  claim,
  definitionOf,
  deployment,
  grant,
  home,
  ingress,
  open,
  pod,
  replicaSet,
  route,
  service,
  snapshot,
} from './admission.support.ts'
import { regionAdmission } from './admission.ts'
import {
  ALLOWED,
  BINDER,
  CHANGES,
  CNPG,
  CONTROLLER,
  NAMESPACE,
  OPERATOR,
  REFUSED,
  SCHEDULER,
  SOMEBODY,
} from './admission-cases.support.ts'
import { region } from './residency.support.ts'

/** Of kinds that the API server does not serve by itself. */
const foreign = [snapshot, route, grant]

const here = { ...region, metadata: { name: 'admission' } } as Region
const policies = regionAdmission(here, OPERATOR)

const RESOURCES: Record<string, string> = {
  Namespace: '/api/v1/namespaces',
  Pod: `/api/v1/namespaces/${NAMESPACE}/pods`,
  Binding: `/api/v1/namespaces/${NAMESPACE}/bindings`,
  PersistentVolumeClaim: `/api/v1/namespaces/${NAMESPACE}/persistentvolumeclaims`,
  Service: `/api/v1/namespaces/${NAMESPACE}/services`,
  NetworkPolicy: `/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}/networkpolicies`,
  Ingress: `/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}/ingresses`,
  ReplicaSet: `/apis/apps/v1/namespaces/${NAMESPACE}/replicasets`,
  Deployment: `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`,
  DaemonSet: `/apis/apps/v1/namespaces/${NAMESPACE}/daemonsets`,
  Job: `/apis/batch/v1/namespaces/${NAMESPACE}/jobs`,
  CronJob: `/apis/batch/v1/namespaces/${NAMESPACE}/cronjobs`,
  VolumeSnapshot: `/apis/snapshot.storage.k8s.io/v1/namespaces/${NAMESPACE}/volumesnapshots`,
  HTTPRoute: `/apis/gateway.networking.k8s.io/v1/namespaces/${NAMESPACE}/httproutes`,
  ReferenceGrant: `/apis/gateway.networking.k8s.io/v1/namespaces/${NAMESPACE}/referencegrants`,
  CustomResourceDefinition: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  ValidatingAdmissionPolicy: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding:
    '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
  Tenant: '/apis/platen.dev/v1alpha1/tenants',
  Region: '/apis/platen.dev/v1alpha1/regions',
}

describeKubernetes('admission in a cluster of a region', () => {
  let cluster: ClusterAccess

  async function apply(wanted: KubernetesObject): Promise<KubernetesObject> {
    const path = `${RESOURCES[wanted.kind]}/${wanted.metadata.name}`
    const query = 'fieldManager=platen-operator&force=true&fieldValidation=Strict'
    return await cluster.rest.call('PATCH', `${path}?${query}`, { patch: 'apply', body: wanted })
  }

  /** Tries without doing it; undefined: it would be done. */
  async function refusal(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    { body, as, groups }: { body?: object | undefined; as?: string | undefined; groups?: string[] },
  ): Promise<string | undefined> {
    // Who connects cannot merely try.
    const query = /\/(exec|attach|portforward|proxy)$/.test(path) ? '' : '?dryRun=All'
    try {
      const patch = method === 'PATCH' ? ({ patch: 'merge' } as const) : {}
      await cluster.rest.call(method, path + query, {
        ...patch,
        ...(body && { body }),
        ...(as !== undefined && { as }),
        ...(groups && { groups }),
      })
      return undefined
    } catch (error) {
      return (error as Error).message
    }
  }

  /** Pods are made by controllers, and everything else by somebody who may do everything. */
  const create = (wanted: KubernetesObject, as = wanted.kind === 'Pod' ? CONTROLLER : undefined) =>
    refusal('POST', RESOURCES[wanted.kind] ?? '', { body: wanted, as })

  beforeAll(async () => {
    cluster = await sharedControlPlane()
    const labels = { [LABELS.tenant]: 'admission', [LABELS.region]: 'admission' }
    const annotations = { [ANNOTATIONS.country]: 'DE' }
    await apply({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE, labels, annotations },
    })
    await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'not-a-tenants' } })
    for (const username of [OPERATOR, SCHEDULER, BINDER, CONTROLLER, CNPG, SOMEBODY])
      await mayAll(username)
    for (const kind of foreign) await apply(definitionOf(kind))
    // Made before there were rules: a pod to bind, claims and a policy to change.
    await cluster.rest.call('POST', RESOURCES.Pod ?? '', {
      body: {
        ...pod({ affinity: home, automountServiceAccountToken: false }),
        metadata: { name: 'bound', labels },
      },
    })
    await apply(claim({}))
    await apply({
      ...claim({ dataSource: { kind: 'PersistentVolumeClaim', name: 'c' } }),
      metadata: { name: 'old' },
    })
    await apply(replicaSet)
    await apply({ ...open, metadata: { name: 'foreign' } })
    await apply({ ...open, metadata: { name: 'labelled', labels } })
    const own = { [LABELS.managedBy]: MANAGED_BY, [LABELS.partOf]: 'platen', ...labels }
    await apply({ ...open, metadata: { name: 'default-deny', labels: own } })
    for (const policy of policies) await apply(policy)
    await untilRefused(() => create(open))
    await untilRefused(() => create(pod({})))
    await untilRefused(() => create(claim({ volumeName: 'x' })))
    await untilRefused(() => create(service({ type: 'NodePort' })))
    await untilRefused(() => create(binding))
    await untilRefused(() => create(deployment))
    await untilRefused(() => create(ingress))
    await untilRefused(() => create(snapshot))
    await untilRefused(() => refusal('POST', `${RESOURCES.Pod}/bound/exec`, {}))
    const other = { spec: { activeDeadlineSeconds: 1 } }
    await untilRefused(() => refusal('PATCH', `${RESOURCES.Pod}/bound`, { body: other }))
    const body = { metadata: { labels: { [LABELS.region]: null } } }
    await untilRefused(() => refusal('PATCH', `${RESOURCES.Namespace}/${NAMESPACE}`, { body }))
  }, 120_000)

  /** The API server takes a moment to learn its rules. */
  async function untilRefused(probe: () => Promise<string | undefined>): Promise<void> {
    await vi.waitFor(async () => expect(await probe()).toContain('cannot'), { timeout: 20_000 })
  }

  async function mayAll(name: string) {
    const metadata = { name: `admission-${name.replaceAll(':', '-')}` }
    const roleRef = {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'cluster-admin',
    }
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }]
    const path = `/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${metadata.name}?fieldManager=test`
    const body = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef,
      subjects,
    }
    await cluster.rest.call('PATCH', path, { patch: 'apply', body })
  }

  afterAll(async () => {
    for (const { kind, metadata } of [...policies, ...foreign.map(definitionOf)])
      await cluster.rest.call('DELETE', `${RESOURCES[kind]}/${metadata.name}`)
    for (const name of [NAMESPACE, 'not-a-tenants'])
      await cluster.rest.call('DELETE', `${RESOURCES.Namespace}/${name}`)
  })

  it.each(REFUSED)('refused: $why', async ({ object: wanted, as, says }) => {
    expect(await create(wanted, as)).toContain(says)
  })

  it.each(ALLOWED)('allowed: $why', async ({ object: wanted, as }) => {
    expect(await create(wanted, as)).toBeUndefined()
  })

  const debug = { spec: { ephemeralContainers: [{ name: 'd', image: 'none.invalid/d' }] } }
  it.each<{ way: string; path: string; body?: object }>([
    { way: 'exec', path: `${RESOURCES.Pod}/bound/exec` },
    { way: 'attach', path: `${RESOURCES.Pod}/bound/attach` },
    { way: 'port-forward', path: `${RESOURCES.Pod}/bound/portforward` },
    { way: 'the proxy of a pod', path: `${RESOURCES.Pod}/bound/proxy` },
    { way: 'the proxy of a Service', path: `${RESOURCES.Service}/none/proxy` },
    { way: 'debug', path: `${RESOURCES.Pod}/bound/ephemeralcontainers`, body: debug },
  ])('Nobody enters a pod by $way without saying so.', async ({ path, body }) => {
    const enter = async (who: { as?: string; groups?: string[] }) =>
      (await refusal(body ? 'PATCH' : 'POST', path, { body, ...who })) ?? 'done'
    for (const who of [{}, { as: SOMEBODY }, { as: OPERATOR }])
      expect(await enter(who)).toContain('cannot enter this pod')
    for (const who of [{ as: CNPG }, { as: SOMEBODY, groups: ['platen:break-glass'] }])
      expect(await enter(who)).not.toContain('cannot enter this pod')
  })

  it('Without CloudNativePG its accounts are those of anybody.', () => {
    const database = { ...region.spec.database, kind: 'statefulset' }
    const plain = { ...here, spec: { ...here.spec, database } } as Region
    expect(JSON.stringify(policies)).toContain('cnpg-system')
    expect(JSON.stringify(regionAdmission(plain, OPERATOR))).not.toContain('cnpg')
  })

  it.each(CHANGES)('change: $why', async ({ path, body, as, says }) => {
    const [kind = '', name] = path.split('/')
    const answer = await refusal(body ? 'PATCH' : 'DELETE', `${RESOURCES[kind]}/${name}`, {
      body,
      as,
    })
    if (says === undefined) expect(answer).toBeUndefined()
    else expect(answer).toContain(says)
  })

  it.each(['status', 'finalize'])(
    "A namespace's labels stay, written by its %s too.",
    async part => {
      const path = `${RESOURCES.Namespace}/${NAMESPACE}`
      const { metadata, ...rest } = await cluster.rest.call('GET', path)
      const write = (labels: object) =>
        refusal('PUT', `${path}/${part}`, { body: { ...rest, metadata: { ...metadata, labels } } })
      expect(await write(metadata.labels)).toBeUndefined()
      expect(await write({})).toContain('cannot change this namespace')
    },
  )

  it('Namespaces of others are not touched.', async () => {
    const path = '/api/v1/namespaces/not-a-tenants/pods'
    expect(await refusal('POST', path, { body: pod({}) })).toBeUndefined()
  })

  it('What is applied comes back as it was, so that nothing is applied twice.', async () => {
    for (const wanted of policies) {
      const path = `${RESOURCES[wanted.kind]}/${wanted.metadata.name}`
      const query = 'fieldManager=platen-operator&force=true&fieldValidation=Strict&dryRun=All'
      const stored = await cluster.rest.call('PATCH', `${path}?${query}`, {
        patch: 'apply',
        body: wanted,
      })
      expect(digestOwned(stored), wanted.metadata.name).toBe(digestOf(wanted))
    }
  })

  it('The API server finds no mistake in the types of the expressions.', async () => {
    for (const { kind, metadata } of policies) {
      if (kind !== 'ValidatingAdmissionPolicy') continue
      const path = `${RESOURCES[kind]}/${metadata.name}`
      await expect
        .poll(async () => (await cluster.rest.call('GET', path)).status?.observedGeneration, {
          timeout: 20_000,
        })
        .toBe(1)
      const { status } = await cluster.rest.call('GET', path)
      expect(status.typeChecking?.expressionWarnings ?? [], metadata.name).toEqual([])
    }
  })
})
