import type { KubeObject } from '../../kubernetes/index.ts'

export const NODE = 'bench-node'
export const PLACE = { 'topology.kubernetes.io/region': 'bench-1' }

export const tenantName = (index: number) => `bench-${index}`
export const tenantNamespace = (index: number) => `tenant-${tenantName(index)}`
/** Namespaces in which workloads are said to be ready: the tenants' and the region's own. */
export const NAMESPACES = /^(tenant-bench-|platen-region-bench$)/

export const storageClass: KubeObject = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'bench' },
  provisioner: 'simulated.platen.test',
  volumeBindingMode: 'WaitForFirstConsumer',
  allowedTopologies: [
    {
      matchLabelExpressions: Object.entries(PLACE).map(([key, value]) => ({
        key,
        values: [value],
      })),
    },
  ],
}

export const region: KubeObject = {
  apiVersion: 'platen.dev/v1alpha1',
  kind: 'Region',
  metadata: { name: 'bench' },
  spec: {
    countries: ['DE'],
    domain: 'bench.platen.example',
    placement: { regionValue: 'bench-1', storageClassName: 'bench' },
    edge: { serviceType: 'ClusterIP' },
    images: { registry: 'registry.example.com/platen', version: '1.0.0' },
  },
}

export function tenant(index: number): KubeObject {
  return {
    apiVersion: 'platen.dev/v1alpha1',
    kind: 'Tenant',
    metadata: { name: tenantName(index) },
    spec: {
      displayName: `Customer ${index}`,
      country: 'DE',
      sites: [
        { name: 'north', displayName: 'North' },
        { name: 'south', displayName: 'South' },
      ],
    },
  }
}
