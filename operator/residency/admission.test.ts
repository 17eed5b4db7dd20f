import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import {
  type ClusterAccess,
  describeKubernetes,
  sharedControlPlane,
} from '../../test/kubernetes/index.ts'
import { digestOf, digestOwned } from '../cluster/digest.ts'
import type { KubernetesObject } from '../cluster/object.ts'
import { ANNOTATIONS, LABELS } from '../names.ts'
import type { Region } from '../resources/region.ts'
import { binding, claim, home, inPlace, open, pod, required, service } from './admission.support.ts'
import { regionAdmission } from './admission.ts'
import { LABEL, region } from './residency.support.ts'

const OPERATOR = 'system:serviceaccount:platen-admission:operator'
const SCHEDULER = 'system:kube-scheduler'
const BINDER = 'system:serviceaccount:kube-system:persistent-volume-binder'
const NAMESPACE = 'tenant-admission'

const here = { ...region, metadata: { name: 'admission' } } as Region
const policies = regionAdmission(here, OPERATOR)

const RESOURCES: Record<string, string> = {
  Namespace: '/api/v1/namespaces',
  Pod: `/api/v1/namespaces/${NAMESPACE}/pods`,
  Binding: `/api/v1/namespaces/${NAMESPACE}/bindings`,
  PersistentVolumeClaim: `/api/v1/namespaces/${NAMESPACE}/persistentvolumeclaims`,
  Service: `/api/v1/namespaces/${NAMESPACE}/services`,
  NetworkPolicy: `/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}/networkpolicies`,
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
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    { body, as }: { body?: object | undefined; as?: string | undefined },
  ): Promise<string | undefined> {
    try {
      const patch = method === 'PATCH' ? ({ patch: 'merge' } as const) : {}
      await cluster.rest.call(method, `${path}?dryRun=All`, {
        ...patch,
        ...(body && { body }),
        ...(as !== undefined && { as }),
      })
      return undefined
    } catch (error) {
      return (error as Error).message
    }
  }

  const create = (wanted: KubernetesObject, as?: string) =>
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
    for (const username of [OPERATOR, SCHEDULER, BINDER]) await mayAll(username)
    // Made before there were rules: a pod to bind, claims and a policy to change.
    await cluster.rest.call('POST', RESOURCES.Pod ?? '', {
      body: { ...pod({ affinity: home }), metadata: { name: 'bound', labels } },
    })
    await apply(claim({}))
    await apply({
      ...claim({ dataSource: { kind: 'PersistentVolumeClaim', name: 'c' } }),
      metadata: { name: 'old' },
    })
    await apply({ ...open, metadata: { name: 'foreign' } })
    await apply({ ...open, metadata: { name: 'default-deny', labels } })
    for (const policy of policies) await apply(policy)
    await untilRefused(() => create(open))
    await untilRefused(() => create(pod({})))
    await untilRefused(() => create(claim({ volumeName: 'x' })))
    await untilRefused(() => create(service({ type: 'NodePort' })))
    await untilRefused(() => create(binding))
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
    for (const { kind, metadata } of policies)
      await cluster.rest.call('DELETE', `${RESOURCES[kind]}/${metadata.name}`)
    for (const name of [NAMESPACE, 'not-a-tenants'])
      await cluster.rest.call('DELETE', `${RESOURCES.Namespace}/${name}`)
  })

  it.each<{ why: string; object: KubernetesObject; as?: string; says: string }>([
    {
      why: 'A pod without affinity runs anywhere.',
      object: pod({}),
      says: 'require node affinity topology.kubernetes.io/region in (eu-de)',
    },
    {
      why: 'A pod that requires another place runs there.',
      object: pod({ affinity: required(inPlace('us-east')) }),
      says: 'could run outside',
    },
    {
      why: 'A list of places holds others.',
      object: pod({ affinity: required(inPlace('eu-de', 'us-east')) }),
      says: 'could run outside',
    },
    {
      why: 'Terms are alternatives: each must name the place.',
      object: pod({
        affinity: required(inPlace('eu-de'), {
          matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }],
        }),
      }),
      says: 'could run outside',
    },
    {
      why: 'NotIn names where not to be.',
      object: pod({
        affinity: required({
          matchExpressions: [{ key: LABEL, operator: 'NotIn', values: ['eu-de'] }],
        }),
      }),
      says: 'could run outside',
    },
    {
      why: 'Preferred is not required.',
      object: pod({
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 1, preference: inPlace('eu-de') },
            ],
          },
        },
      }),
      says: 'could run outside',
    },
    {
      why: 'A node chosen by hand is not checked by the scheduler.',
      object: pod({ affinity: home, nodeName: 'anywhere' }),
      says: 'spec.nodeName goes past the scheduler',
    },
    {
      why: "Not even the operator's own mistakes get past.",
      object: pod({}),
      as: OPERATOR,
      says: 'could run outside',
    },
    {
      why: 'A pod of nobody knows is not watched.',
      object: pod({ affinity: home }, 'other'),
      says: 'pods carry the label',
    },
    { why: 'Only the scheduler binds.', object: binding, says: 'only the scheduler' },
    {
      why: 'A clone brings data from a volume.',
      object: claim({ dataSource: { kind: 'PersistentVolumeClaim', name: 'c' } }),
      says: 'it copies a volume',
    },
    {
      why: 'A restored snapshot brings data from elsewhere.',
      object: claim({
        dataSourceRef: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 's' },
      }),
      says: 'it copies a volume or snapshot',
    },
    {
      why: 'A chosen volume may be anywhere.',
      object: claim({ volumeName: 'abroad' }),
      says: 'spec.volumeName takes a volume',
    },
    {
      why: 'A selector chooses a volume, too.',
      object: claim({ selector: { matchLabels: { a: 'b' } } }),
      says: 'spec.selector takes volumes',
    },
    {
      why: 'Another StorageClass makes volumes elsewhere.',
      object: claim({ storageClassName: 'cheap' }),
      says: 'StorageClass local, which keeps them',
    },
    {
      why: 'A policy of somebody else opens a way out.',
      object: open,
      says: 'only the operator does',
    },
    {
      why: 'A NodePort leads around the edge.',
      object: service({ type: 'NodePort' }),
      says: "around the region's edge",
    },
    {
      why: 'An external name leads abroad under an own name.',
      object: service({ type: 'ExternalName', externalName: 'abroad.example', ports: [] }),
      says: 'cannot make this Service',
    },
    {
      why: 'External addresses catch traffic of others.',
      object: service({ externalIPs: ['192.0.2.1'] }),
      says: 'cannot make this Service',
    },
  ])('refused: $why', async ({ object: wanted, as, says }) => {
    expect(await create(wanted, as)).toContain(says)
  })

  it.each<{ why: string; object: KubernetesObject; as?: string }>([
    { why: 'A pod of the region is what tenants run.', object: pod({ affinity: home }) },
    {
      why: 'More requirements only narrow it.',
      object: pod({
        affinity: required({
          matchExpressions: [
            ...inPlace('eu-de').matchExpressions,
            { key: 'disk', operator: 'Exists' },
          ],
        }),
      }),
    },
    {
      why: "The region's StorageClass keeps volumes in it.",
      object: { ...claim({}), metadata: { name: 'another' } },
    },
    { why: 'The operator draws the policies.', object: open, as: OPERATOR },
    { why: 'A Service inside the cluster opens nothing.', object: service({}) },
    { why: 'The scheduler binds.', object: binding, as: SCHEDULER },
  ])('allowed: $why', async ({ object: wanted, as }) => {
    expect(await create(wanted, as)).toBeUndefined()
  })

  it.each<{ why: string; path: string; body?: object; as?: string; says: string | undefined }>([
    {
      why: "A namespace's tenant never changes.",
      path: `Namespace/${NAMESPACE}`,
      body: { metadata: { labels: { [LABELS.tenant]: 'other' } } },
      says: 'cannot change this namespace',
    },
    {
      why: 'Taking the label away would lift the rules.',
      path: `Namespace/${NAMESPACE}`,
      body: { metadata: { labels: { [LABELS.region]: null } } },
      says: 'cannot change this namespace',
    },
    {
      why: 'The country is remembered there.',
      path: `Namespace/${NAMESPACE}`,
      body: { metadata: { annotations: { [ANNOTATIONS.country]: 'US' } } },
      says: 'cannot change this namespace',
    },
    {
      why: 'Other labels are free.',
      path: `Namespace/${NAMESPACE}`,
      body: { metadata: { labels: { team: 'a' } } },
      says: undefined,
    },
    {
      why: 'The operator may.',
      path: `Namespace/${NAMESPACE}`,
      body: { metadata: { annotations: { [ANNOTATIONS.country]: 'DE' } } },
      as: OPERATOR,
      says: undefined,
    },
    {
      why: 'A volume cannot be chosen afterwards.',
      path: 'PersistentVolumeClaim/c',
      body: { spec: { volumeName: 'abroad' } },
      says: 'spec.volumeName takes a volume',
    },
    {
      why: 'The control plane binds claims.',
      path: 'PersistentVolumeClaim/c',
      body: { spec: { volumeName: 'pv' } },
      as: BINDER,
      says: undefined,
    },
    {
      why: 'A claim from before the rules can still end.',
      path: 'PersistentVolumeClaim/old',
      body: { metadata: { finalizers: null } },
      says: undefined,
    },
    {
      why: 'Changing a policy opens a way as well.',
      path: 'NetworkPolicy/default-deny',
      body: { spec: { egress: [{}] } },
      says: 'only the operator does',
    },
    {
      why: 'So does deleting it.',
      path: 'NetworkPolicy/default-deny',
      says: 'only the operator does',
    },
    {
      why: 'A namespace that ends takes its policies along.',
      path: 'NetworkPolicy/default-deny',
      as: BINDER,
      says: undefined,
    },
    {
      why: 'What somebody put there before the rules can be taken away.',
      path: 'NetworkPolicy/foreign',
      says: undefined,
    },
    {
      why: 'It cannot be opened.',
      path: 'NetworkPolicy/foreign',
      body: { spec: { egress: [{}] } },
      says: 'only the operator does',
    },
  ])('change: $why', async ({ path, body, as, says }) => {
    const [kind = '', name] = path.split('/')
    const answer = await refusal(body ? 'PATCH' : 'DELETE', `${RESOURCES[kind]}/${name}`, {
      body,
      as,
    })
    if (says === undefined) expect(answer).toBeUndefined()
    else expect(answer).toContain(says)
  })

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
