import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type ControlPlane,
  describeHelm,
  describeKubernetes,
  type KubeObject,
  type SimulatedNodes,
  simulateNodes,
  startControlPlane,
} from '../kubernetes/index.ts'
import { startProcess, type TestProcess } from '../support/process.ts'
import { operatorEnvironmentFromChart, operatorKubeconfigFromChart, type Release } from './chart.ts'

const USERS = ['platen-operator', 'apart', 'apart-regional'].map(
  name => `system:serviceaccount:platen-system:${name}`,
)
const API = 'platen.dev/v1alpha1'
const PLACE = { 'topology.kubernetes.io/region': 'here' }

const STORAGE_CLASS = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'here' },
  provisioner: 'simulated.platen.test',
  volumeBindingMode: 'WaitForFirstConsumer',
  reclaimPolicy: 'Delete',
  allowVolumeExpansion: true,
  allowedTopologies: [
    {
      matchLabelExpressions: [{ key: 'topology.kubernetes.io/region', values: ['here'] }],
    },
  ],
}

const REGION = {
  apiVersion: API,
  kind: 'Region',
  metadata: { name: 'here' },
  spec: {
    countries: ['DE'],
    domain: 'here.platen.test',
    placement: { regionValue: 'here', storageClassName: 'here' },
    images: { registry: 'registry.test/platen', version: '1.0.0' },
  },
}

const TENANT = {
  apiVersion: API,
  kind: 'Tenant',
  metadata: { name: 'acme' },
  spec: { displayName: 'Acme', country: 'DE', sites: [{ name: 'one', displayName: 'One' }] },
}

describeHelm('the operator', () => {
  describeKubernetes('with the settings and the rights of its chart', () => {
    let cluster: ControlPlane
    let nodes: SimulatedNodes
    beforeAll(async () => {
      cluster = await startControlPlane({ name: 'charts', audit: USERS })
      await cluster.installCrds('crds')
      await cluster.installReferenceCrds()
      await cluster.kubectl(['apply', '-f', '-'], { input: [STORAGE_CLASS] })
      nodes = await simulateNodes(cluster, {
        nodes: [{ name: 'here-1', labels: PLACE }],
        namespaces: /^(tenant-acme|platen-region-.*)$/,
        storageClasses: ['here'],
      })
    })
    afterAll(async () => {
      await nodes?.[Symbol.asyncDispose]()
      await cluster?.stop()
    })

    async function startOperator(release: Release = {}): Promise<TestProcess> {
      return startProcess('operator/main.ts', {
        ...(await operatorEnvironmentFromChart(release)),
        PLATEN_HEALTH_PORT: '0',
        PLATEN_HEALTH_HOST: '127.0.0.1',
        PLATEN_KUBECONFIG: await operatorKubeconfigFromChart(cluster, release),
      })
    }

    it('makes a tenant ready, changes it and takes it down, and is refused nothing', async () => {
      await using _operator = await startOperator()
      await cluster.kubectl(['apply', '-f', '-'], { input: [REGION, TENANT] })
      await untilTenant(tenant => isTrue(tenant, 'Ready'))
      await change({ size: 'medium' })
      await untilTenant(tenant => isTrue(tenant, 'Ready') && isCurrent(tenant))
      // Both at once, as when somebody deletes a folder of manifests: the Region waits for its tenant.
      await cluster.kubectl(['delete', 'region/here', '--wait=false'])
      await cluster.kubectl(['delete', 'tenant/acme', 'region/here', '--timeout=60s'])
      expect(await denied()).toEqual([])
    }, 180_000)

    it('keeps its rights on workloads apart, where the management cluster holds no regions', async () => {
      const regional = { name: 'apart-regional', values: { mode: 'regional' } }
      const kubeconfig = readFileSync(await operatorKubeconfigFromChart(cluster, regional), 'utf8')
      await using _operator = await startOperator({
        name: 'apart',
        values: { holdsRegions: false },
      })
      await cluster.kubectl(['apply', '-f', '-'], {
        input: [
          {
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: { name: 'cluster-there', namespace: 'platen-system' },
            stringData: { kubeconfig },
          },
          regionOf('there', { cluster: { kubeconfigSecretRef: { name: 'cluster-there' } } }),
          regionOf('refused', {}),
        ],
      })
      await until('regions/there', region => isTrue(region, 'Ready'))
      await until('regions/refused', region =>
        /which holds no regions.* delete it, and make it again with spec.cluster/.test(
          conditionOf(region, 'ClusterReachable')?.message,
        ),
      )
      await cluster.kubectl(['delete', 'region/refused', 'region/there', '--timeout=60s'])
      expect(await denied()).toEqual([])
    }, 120_000)

    const change = (spec: object) =>
      cluster.kubectl(['patch', 'tenant/acme', '--type=merge', '-p', JSON.stringify({ spec })])

    const untilTenant = (holds: (tenant: KubeObject) => boolean) => until('tenants/acme', holds)

    const until = (path: string, holds: (object: KubeObject) => boolean) =>
      expect
        .poll(async () => holds(await cluster.rest.call('GET', `/apis/${API}/${path}`)), {
          timeout: 60_000,
          interval: 250,
        })
        .toBe(true)

    /** What RBAC refused, by the API server's own log. */
    async function denied(): Promise<string[]> {
      const requests = await cluster.requests()
      expect(requests.length).toBeGreaterThan(100)
      return requests
        .filter(({ isDenied }) => isDenied)
        .map(({ verb, resource, name = '' }) => `${verb} ${resource} ${name}`)
    }
  })
})

const regionOf = (name: string, spec: object) => ({
  ...REGION,
  metadata: { name },
  spec: { ...REGION.spec, ...spec, domain: `${name}.platen.test` },
})

const conditionOf = ({ status }: KubeObject, type: string): KubeObject =>
  status?.conditions?.find((one: KubeObject) => one.type === type)

const isTrue = (object: KubeObject, type: string): boolean =>
  conditionOf(object, type)?.status === 'True'

const isCurrent = ({ status, metadata }: KubeObject): boolean =>
  status.observedGeneration === metadata.generation
