import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { objectsOn, REGION } from '../crds/objects.ts'
import {
  type ClusterAccess,
  describeHelm,
  describeKubernetes,
  type KubeObject,
  type Rest,
  sharedControlPlane,
} from '../kubernetes/index.ts'
import { readKubeconfig } from '../kubernetes/kubeconfig.ts'
import { restTo } from '../kubernetes/rest.ts'
import { operatorKubeconfigFromChart } from './chart.ts'

const OWN = 'charts-rights'
const RELEASES = ['charts-rights', 'charts-rights-regional', 'charts-rights-apart'] as const
const TENANT = 'tenant-charts-rights'
const DRY = 'dryRun=All&fieldManager=platen-operator'

/** All that the operator renders, out of its golden files, moved into one namespace; one object a kind. */
function rendered(): Map<string, KubeObject> {
  const objects = ['render', 'edge'].flatMap(room => {
    const folder = new URL(`../../operator/${room}/testdata/`, import.meta.url)
    return readdirSync(folder).flatMap(file =>
      parseAllDocuments(readFileSync(new URL(file, folder), 'utf8')).map(one => one.toJS()),
    )
  })
  return new Map(objects.map(object => [`${object.apiVersion}/${object.kind}`, moved(object)]))
}

const moved = ({ metadata, ...rest }: KubeObject): KubeObject => ({
  ...rest,
  metadata: { ...metadata, ...(metadata.namespace && { namespace: TENANT }) },
})

const pluralOf = (kind: string) => `${kind.toLowerCase().replace(/y$/, 'ie')}s`

function pathsOf({ apiVersion, kind, metadata }: KubeObject) {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const inNamespace = metadata.namespace ? `/namespaces/${metadata.namespace}` : ''
  const collection = `${group}${inNamespace}/${pluralOf(kind)}`
  return { all: `${group}/${pluralOf(kind)}`, collection, one: `${collection}/${metadata.name}` }
}

const META = { name: 'charts-rights', namespace: TENANT }

/** What is applied besides what the golden files show. */
const OTHERS: KubeObject[] = [
  { apiVersion: 'v1', kind: 'Secret', metadata: META, stringData: { a: 'b' } },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'charts-rights' },
    spec: { policyName: 'charts-rights', validationActions: ['Deny'] },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'charts-rights' },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] },
        ],
      },
      validations: [{ expression: 'true' }],
    },
  },
]

const applied = [...rendered().values(), ...OTHERS].filter(
  // Its namespace is made for all of them.
  ({ kind }) => kind !== 'Namespace',
)

const HOLDS_DATA = new Set(['Backup', 'Cluster', 'PersistentVolumeClaim', 'Secret', 'StatefulSet'])

const ONLY_SEEN = ['nodes', 'pods', 'persistentvolumes']

/** Verb, resource with group and subresource, namespace. */
type Deed = [verb: string, resource: string, namespace?: string | undefined]

const NEVER: Deed[] = [
  ['delete', 'tenants.platen.dev'],
  ['create', 'tenants.platen.dev'],
  ['delete', 'regions.platen.dev'],
  ['create', 'pods', TENANT],
  ['create', 'pods/exec', TENANT],
  ['get', 'pods/log', TENANT],
  ['deletecollection', 'namespaces'],
  ['create', 'serviceaccounts/token', TENANT],
  ['delete', 'persistentvolumeclaims', TENANT],
  ['patch', 'nodes'],
  ['delete', 'persistentvolumes'],
  ['create', 'clusterroles.rbac.authorization.k8s.io'],
  ['create', 'rolebindings.rbac.authorization.k8s.io', TENANT],
  ['patch', 'customresourcedefinitions.apiextensions.k8s.io'],
  ['impersonate', 'users'],
]

describeHelm('with the rights of charts/platen-operator', () => {
  describeKubernetes('and no others, the operator', () => {
    let cluster: ClusterAccess
    let operator: Rest
    let regional: Rest
    let apart: Rest
    let foreign: boolean

    beforeAll(async () => {
      cluster = await sharedControlPlane()
      await cluster.installCrds('crds')
      foreign = await cluster.installReferenceCrds()
      const as = async (name: string, values = {}) =>
        restTo(
          readKubeconfig(
            await operatorKubeconfigFromChart(cluster, { name, namespace: OWN, values }),
          ),
        )
      operator = await as(RELEASES[0])
      regional = await as(RELEASES[1], { mode: 'regional' })
      apart = await as(RELEASES[2], { holdsRegions: false })
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: TENANT } }
      await operator.call('PATCH', `/api/v1/namespaces/${TENANT}?fieldManager=platen-operator`, {
        body: namespace,
        patch: 'apply',
      })
    })
    afterAll(async () => {
      await cluster?.rest.call('DELETE', `/api/v1/namespaces/${TENANT}`)
      await cluster?.kubectl([
        'delete',
        'clusterrole,clusterrolebinding,validatingadmissionpolicy,validatingadmissionpolicybinding',
        `--selector=app.kubernetes.io/instance in (${RELEASES.join(',')})`,
      ])
      await cluster?.rest.call('DELETE', `/api/v1/namespaces/${OWN}`)
      for (const rest of [operator, regional, apart]) rest?.[Symbol.dispose]()
    })

    it.each(applied)('applies and sees a $kind', async object => {
      if (!foreign && isForeign(object)) return // its CRD is in ../shared, which is not here
      const { collection } = pathsOf(object)
      for (const rest of [operator, regional]) await applyAndSee(rest, object)
      const denied = apart.call('POST', `${collection}?${DRY}`, { body: object })
      await expect(denied).rejects.toThrow(/: 403 /)
    })

    it.each(applied)('deletes a $kind only if it holds no data', async object => {
      if (!foreign && isForeign(object)) return
      const gone = () => regional.call('DELETE', `${pathsOf(object).one}-none?${DRY}`)
      await expect(gone()).rejects.toThrow(HOLDS_DATA.has(object.kind) ? /: 403 / : /: 404 /)
    })

    it('makes Secrets once and replaces them under a condition', async () => {
      const path = `/api/v1/namespaces/${TENANT}/secrets`
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'own' } }
      for (const rest of [operator, regional]) {
        const made = await rest.call('POST', path, { body: secret })
        await rest.call('PUT', `${path}/own`, { body: { ...made, stringData: { a: 'b' } } })
        await cluster.rest.call('DELETE', `${path}/own`)
      }
    })

    it.each(ONLY_SEEN)('sees %s', async resource => {
      for (const rest of [operator, regional]) {
        await rest.call('GET', `/api/v1/${resource}?limit=1`)
        await mayWatch(rest, `/api/v1/${resource}`)
      }
      await expect(apart.call('GET', `/api/v1/${resource}?limit=1`)).rejects.toThrow(/: 403 /)
    })

    it('reads what tells where data could go', async () => {
      for (const rest of [operator, regional]) {
        await rest.call('GET', `/apis/networking.k8s.io/v1/namespaces/${TENANT}/ingresses?limit=1`)
        const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices'
        await expect(rest.call('GET', `${slices}/kubernetes`)).rejects.toThrow(/: 404 /)
        await expect(rest.call('GET', `${slices}/other`)).rejects.toThrow(/: 403 /)
      }
    })

    it('reads a StorageClass', async () => {
      for (const rest of [operator, regional]) {
        const none = rest.call('GET', '/apis/storage.k8s.io/v1/storageclasses/none')
        await expect(none).rejects.toThrow(/: 404 /)
      }
    })

    it('keeps Regions and Tenants: sees them, holds them by a finalizer, writes their status', async () => {
      const path = '/apis/platen.dev/v1alpha1/regions'
      const identity = { apiVersion: 'platen.dev/v1alpha1', kind: 'Region' }
      const metadata = { name: OWN, finalizers: ['platen.dev/stack'] }
      const objects = objectsOn(cluster)
      await objects.store('Region', REGION, OWN)
      try {
        for (const rest of [operator, apart]) {
          await rest.call('GET', `${path}?limit=1`)
          await rest.call('GET', '/apis/platen.dev/v1alpha1/tenants?limit=1')
          await mayWatch(rest, path)
          await mayWatch(rest, '/apis/platen.dev/v1alpha1/tenants')
          const body = { ...identity, metadata }
          await rest.call('PATCH', `${path}/${OWN}?${DRY}`, { body, patch: 'apply' })
          await rest.call('PATCH', `${path}/${OWN}/status?${DRY}`, {
            body: { ...identity, metadata: { name: OWN }, status: { tenants: 1 } },
            patch: 'apply',
          })
          await rest.call('PUT', `${path}/${OWN}?${DRY}`, {
            body: await rest.call('GET', `${path}/${OWN}`),
          })
        }
        await expect(regional.call('GET', `${path}?limit=1`)).rejects.toThrow(/: 403 /)
      } finally {
        await objects.remove('Region', OWN)
      }
    })

    it('leads by the Lease of its own namespace and no other', async () => {
      const path = `/apis/coordination.k8s.io/v1/namespaces/${OWN}/leases`
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: OWN } }
      const made = await operator.call('POST', path, { body: lease })
      await operator.call('GET', `${path}/${OWN}`)
      await operator.call('PUT', `${path}/${OWN}`, { body: made })
      await expect(operator.call('GET', `${path}/other`)).rejects.toThrow(/: 403 /)
    })

    it('reads kubeconfigs in its own namespace only', async () => {
      const none = apart.call('GET', `/api/v1/namespaces/${OWN}/secrets/none`)
      await expect(none).rejects.toThrow(/: 404 /)
      const other = apart.call('GET', `/api/v1/namespaces/${TENANT}/secrets/none`)
      await expect(other).rejects.toThrow(/: 403 /)
    })

    it('writes events, and that they happened again', async () => {
      const path = '/apis/events.k8s.io/v1/namespaces/default/events'
      const body = {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name: OWN },
        eventTime: '2026-11-01T10:00:00.000000Z',
        type: 'Normal',
        reason: 'Tried',
        action: 'Try',
        note: 'tried',
        reportingController: 'platen.dev/operator',
        reportingInstance: 'test',
        regarding: { apiVersion: 'platen.dev/v1alpha1', kind: 'Region', name: OWN },
      }
      await operator.call('POST', `${path}?${DRY}`, { body })
      // What is not there is created, so this takes both rights.
      await operator.call('PUT', `${path}/${OWN}?${DRY}`, { body })
    })

    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'bounds' } }
    const pdb = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'bounds' },
    }
    const namespace = (name: string) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    })
    it.each<{ why: string; path: string; body: KubeObject; isIn: boolean }>([
      {
        why: "A tenant's Secret is its work.",
        path: `/api/v1/namespaces/${TENANT}/secrets/bounds`,
        body: secret,
        isIn: true,
      },
      {
        why: 'A Secret of anybody else is not.',
        path: '/api/v1/namespaces/kube-system/secrets/bounds',
        body: secret,
        isIn: false,
      },
      {
        why: 'It reads kubeconfigs in its own namespace, and writes none.',
        path: `/api/v1/namespaces/${OWN}/secrets/bounds`,
        body: secret,
        isIn: false,
      },
      {
        why: 'Nor does it change what others run.',
        path: '/apis/policy/v1/namespaces/default/poddisruptionbudgets/bounds',
        body: pdb,
        isIn: false,
      },
      {
        why: "It makes a region's namespace.",
        path: '/api/v1/namespaces/platen-region-bounds',
        body: namespace('platen-region-bounds'),
        isIn: true,
      },
      {
        why: 'It makes no other, and changes none.',
        path: '/api/v1/namespaces/kube-public',
        body: namespace('kube-public'),
        isIn: false,
      },
    ])('stays within its bounds: $why', async ({ path, body, isIn }) => {
      for (const rest of [operator, regional]) {
        const applied = rest.call('PATCH', `${path}?${DRY}`, { body, patch: 'apply' })
        if (isIn) await expect(applied).resolves.toBeDefined()
        else await expect(applied).rejects.toThrow('namespaces of tenants and regions only')
      }
    })

    it('deletes no namespace of others', async () => {
      for (const rest of [operator, regional]) {
        const deleted = rest.call('DELETE', `/api/v1/namespaces/${OWN}?${DRY}`)
        await expect(deleted).rejects.toThrow('namespaces of tenants and regions only')
      }
    })

    it('has no mistake in the types of what bounds it', async () => {
      const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${OWN}-bounds`
      const observed = async () => (await cluster.rest.call('GET', path)).status?.observedGeneration
      await expect.poll(observed, { timeout: 20_000 }).toBe(1)
      const { status } = await cluster.rest.call('GET', path)
      expect(status.typeChecking?.expressionWarnings ?? []).toEqual([])
    })

    it.each(NEVER)('may not %s %s', async (verb, resource, namespace) => {
      for (const rest of [operator, regional, apart]) {
        expect(await mayDo(rest, [verb, resource, namespace])).toBe(false)
      }
    })
  })
})

const isForeign = ({ apiVersion }: KubeObject) => /cnpg|cert-manager/.test(apiVersion)

async function applyAndSee(rest: Rest, object: KubeObject): Promise<void> {
  const { all, one } = pathsOf(object)
  await rest.call('PATCH', `${one}?force=true&${DRY}`, { body: object, patch: 'apply' })
  await expect(rest.call('GET', `${one}-none`)).rejects.toThrow(/: 404 /)
  await rest.call('GET', `${all}?limit=1`)
  await mayWatch(rest, all)
}

/** Asked, not done: a watch would go on for a second or more. */
async function mayWatch(rest: Rest, path: string): Promise<void> {
  const [, group = '', resource = ''] = /(?:api|apis\/([^/]+))\/[^/]+\/(\w+)$/.exec(path) ?? []
  expect(await mayDo(rest, ['watch', `${resource}.${group}`]), `watch ${path}`).toBe(true)
}

async function mayDo(rest: Rest, [verb, resource, namespace]: Deed): Promise<boolean> {
  const [name = '', subresource] = resource.split('/')
  const [plural = '', ...group] = name.split('.')
  const { status } = await rest.call(
    'POST',
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    {
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: {
          resourceAttributes: {
            verb,
            resource: plural,
            group: group.join('.'),
            ...(subresource && { subresource }),
            ...(namespace && { namespace }),
          },
        },
      },
    },
  )
  return status.allowed
}
