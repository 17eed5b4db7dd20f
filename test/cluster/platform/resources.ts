import type { KubeObject } from '../../kubernetes/rest.ts'
import { MANAGEMENT } from '../clusters.ts'
import type { RegionPlan, TenantPlan } from './places.ts'

/** What images the platform runs. */
export interface Release {
  registry: string
  version: string
}

/** Of the working tree. */
export const RELEASE: Release = { registry: 'localhost/platen', version: 'dev' }

export const STORAGE_CLASS = 'regional'

/** The Secret with the kubeconfig of a region's own cluster, in the operator's namespace. */
export const clusterSecretOf = ({ name }: RegionPlan) => `cluster-${name}`

/** @param backup its `spec.backup`. */
export function regionObject(region: RegionPlan, release: Release, backup: KubeObject): KubeObject {
  const isElsewhere = region.cluster !== MANAGEMENT
  return {
    apiVersion: 'platen.dev/v1alpha1',
    kind: 'Region',
    metadata: { name: region.name },
    spec: {
      countries: region.countries,
      domain: region.domain,
      ...(isElsewhere && { cluster: { kubeconfigSecretRef: { name: clusterSecretOf(region) } } }),
      placement: { regionValue: region.cluster.region, storageClassName: STORAGE_CLASS },
      database: { kind: 'statefulset', version: '18', storage: { size: '1Gi' } },
      edge: { replicas: 1 },
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

export function tenantObject({ name, displayName, country, site }: TenantPlan): KubeObject {
  return {
    apiVersion: 'platen.dev/v1alpha1',
    kind: 'Tenant',
    metadata: { name },
    spec: { displayName, country, sites: [site], size: 'custom', resources: RESOURCES },
  }
}
