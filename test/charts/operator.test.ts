import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type ControlPlane,
  describeHelm,
  describeKubernetes,
  type KubeObject,
  simulateNodes,
  startControlPlane,
} from '../kubernetes/index.ts'
import { startProcess } from '../support/process.ts'
import { operatorEnvironmentFromChart, operatorKubeconfigFromChart } from './chart.ts'

const USER = 'system:serviceaccount:platen-system:platen-operator'
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
    beforeAll(async () => {
      cluster = await startControlPlane({ name: 'charts', audit: [USER] })
      await cluster.installCrds('crds')
      await cluster.installReferenceCrds()
    })
    afterAll(() => cluster?.stop())

    it('makes a tenant ready, changes it and takes it down, and is refused nothing', async () => {
      const kubeconfig = await operatorKubeconfigFromChart(cluster)
      await cluster.kubectl(['apply', '-f', '-'], { input: [STORAGE_CLASS] })
      await using _nodes = await simulateNodes(cluster, {
        nodes: [{ name: 'here-1', labels: PLACE }],
        namespaces: /^(tenant-acme|platen-region-here)$/,
        storageClasses: ['here'],
      })
      await using _operator = startProcess('operator/main.ts', {
        ...(await operatorEnvironmentFromChart()),
        PLATEN_HEALTH_PORT: '0',
        PLATEN_HEALTH_HOST: '127.0.0.1',
        PLATEN_KUBECONFIG: kubeconfig,
      })
      await cluster.kubectl(['apply', '-f', '-'], { input: [REGION, TENANT] })
      await untilTenant(tenant => isTrue(tenant, 'Ready'))
      await change({ size: 'medium' })
      await untilTenant(tenant => isTrue(tenant, 'Ready') && isCurrent(tenant))
      await cluster.kubectl(['delete', 'tenant/acme', '--timeout=60s'])
      await cluster.kubectl(['delete', 'region/here', '--timeout=60s'])
      expect(await denied()).toEqual([])
    }, 180_000)

    const change = (spec: object) =>
      cluster.kubectl(['patch', 'tenant/acme', '--type=merge', '-p', JSON.stringify({ spec })])

    const untilTenant = (holds: (tenant: KubeObject) => boolean) =>
      expect
        .poll(async () => holds(await cluster.rest.call('GET', `/apis/${API}/tenants/acme`)), {
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

const isTrue = ({ status }: KubeObject, type: string): boolean =>
  status?.conditions?.some((one: KubeObject) => one.type === type && one.status === 'True') ?? false

const isCurrent = ({ status, metadata }: KubeObject): boolean =>
  status.observedGeneration === metadata.generation
