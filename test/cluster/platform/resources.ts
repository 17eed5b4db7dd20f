import type { KubeObject } from '../../kubernetes/rest.ts'
import { MANAGEMENT } from '../clusters.ts'
import type { Home, RegionPlan, TenantPlan } from './places.ts'

/** What images the platform runs. */
export interface Release {
  registry: string
  version: string
}

/** Of the working tree. */
export const RELEASE: Release = { registry: 'localhost/platen', version: 'dev' }

/** The Secret with the kubeconfig of a region's own cluster, in the operator's namespace. */
export const clusterSecretOf = ({ name }: Pick<RegionPlan, 'name'>) => `cluster-${name}`

/**
 * @param backup its `spec.backup`
 * @param kind of its databases
 */
export function regionObject(
  region: RegionPlan<Home>,
  release: Release,
  backup: KubeObject,
  kind: 'statefulset' | 'cnpg' = 'statefulset',
): KubeObject {
  const isElsewhere = region.cluster.name !== MANAGEMENT.name
  return {
    apiVersion: 'platen.dev/v1alpha1',
    kind: 'Region',
    metadata: { name: region.name },
    spec: {
      countries: region.countries,
      domain: region.domain,
      ...(isElsewhere && { cluster: { kubeconfigSecretRef: { name: clusterSecretOf(region) } } }),
      placement: { regionValue: region.cluster.region, storageClassName: region.storageClass },
      database: { kind, version: '18', storage: { size: '1Gi' } },
      edge: { replicas: 1, serviceType: region.edge },
      backup,
      images: release,
    },
  }
}

/** Little CPU is promised, so that several tenants fit on a machine of two cores; what they use is not limited. */
const RESOURCES = {
  ingest: { replicas: 1, cpu: '50m', memory: '256Mi' },
  api: { replicas: 1, cpu: '50m', memory: '256Mi' },
  database: { instances: 1, cpu: '50m', memory: '512Mi', storage: '1Gi' },
}

export function tenantObject({ name, displayName, country, site }: TenantPlan<Home>): KubeObject {
  return {
    apiVersion: 'platen.dev/v1alpha1',
    kind: 'Tenant',
    metadata: { name },
    spec: { displayName, country, sites: [site], size: 'custom', resources: RESOURCES },
  }
}
