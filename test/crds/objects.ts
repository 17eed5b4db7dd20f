import type { ClusterAccess } from '../kubernetes/index.ts'

/** RFC 7396: null removes a field, a list replaces a list. */
export type Patch = {
  [field: string]: Patch | string | number | boolean | null | Patch[] | string[]
}

/** The least that a Region must say. */
export const REGION = {
  countries: ['DE'],
  domain: 'de.platen.test',
  placement: { regionValue: 'eu-central-1', storageClassName: 'regional' },
  images: { registry: 'registry.test/platen', version: '1.0.0' },
}

/** The least that a Tenant must say. */
export const TENANT = { displayName: 'Acme', country: 'DE' }

/** A Region that says everything. */
export const FULL_REGION = {
  ...REGION,
  countries: ['DE', 'AT'],
  cluster: { kubeconfigSecretRef: { name: 'cluster-de', key: 'config' } },
  placement: {
    ...REGION.placement,
    regionLabel: 'example.com/region',
    nodeSelector: { pool: 'platen' },
    tolerations: [{ key: 'platen', operator: 'Exists', effect: 'NoSchedule' }],
  },
  database: {
    kind: 'cnpg',
    version: '17',
    storage: { size: '50Gi' },
    operatorNamespace: 'postgresql-operator',
  },
  edge: {
    serviceType: 'LoadBalancer',
    loadBalancerClass: 'example.com/public',
    annotations: { 'external-dns.alpha.kubernetes.io/hostname': '*.de.platen.test' },
    replicas: 3,
  },
  certificates: { issuerRef: { name: 'public', kind: 'ClusterIssuer', group: 'cert-manager.io' } },
  backup: {
    endpoint: 'https://s3.eu-central-1.test:9000',
    bucket: 'platen-backups',
    location: 'eu-central-1',
    credentialsSecretRef: { name: 'backup-credentials' },
    schedule: '30 1 * * MON-FRI',
    retentionDays: 14,
  },
  telemetry: { otlpEndpoint: 'http://collector.observability.svc.cluster.local:4318' },
  images: { ...REGION.images, pullSecretRefs: [{ name: 'registry' }] },
  rollout: { maxConcurrent: 2, onFailure: 'Continue' },
}

const WORKLOAD = { replicas: 2, cpu: '500m', memory: '512Mi' }

/** A Tenant that says everything. */
export const FULL_TENANT = {
  ...TENANT,
  regionRef: { name: 'de' },
  size: 'custom',
  resources: {
    ingest: WORKLOAD,
    api: WORKLOAD,
    database: { instances: 1, cpu: '2', memory: '4Gi', storage: '100Gi' },
  },
  sites: [
    { name: 'munich', displayName: 'Munich office' },
    { name: 'berlin', displayName: 'Berlin office' },
  ],
  api: { oidc: { issuer: 'https://login.test/acme', audience: 'platen' } },
  retention: { readingsMonths: 36 },
  suspend: false,
  deletionPolicy: 'Delete',
  version: '1.0.1',
  restore: {
    to: '2026-11-29T06:53:45.5+01:00',
    from: { tenant: 'other', uid: '22222222-aaaa-4bbb-8ccc-000000000002' },
  },
}

const PLURALS = { Region: 'regions', Tenant: 'tenants' } as const
export type Kind = keyof typeof PLURALS

/** What a test does with Regions and Tenants on an API server; all of it is validated, and only `store` keeps it. */
export function objectsOn({ rest }: ClusterAccess) {
  const path = (kind: Kind, name = '') => `/apis/platen.dev/v1alpha1/${PLURALS[kind]}/${name}`
  const DRY = '?dryRun=All&fieldValidation=Strict'

  return {
    /** Answers with the object as it would be stored. */
    create: (kind: Kind, spec: object, name = 'crds-test') =>
      rest.call('POST', path(kind) + DRY, { body: objectOf(kind, spec, name) }),
    change: (kind: Kind, patch: Patch, name: string) =>
      rest.call('PATCH', path(kind, name) + DRY, { body: { spec: patch }, patch: 'merge' }),
    store: (kind: Kind, spec: object, name: string) =>
      rest.call('POST', path(kind), { body: objectOf(kind, spec, name) }),
    setStatus: (kind: Kind, status: object, name: string) =>
      rest.call('PATCH', `${path(kind, name)}/status`, { body: { status }, patch: 'merge' }),
    remove: (kind: Kind, name: string) => rest.call('DELETE', path(kind, name)),
  }
}

/** Paused, so that no operator that runs on the same server minds it. */
function objectOf(kind: Kind, spec: object, name: string) {
  return {
    apiVersion: 'platen.dev/v1alpha1',
    kind,
    metadata: { name, annotations: { 'platen.dev/paused': 'true' } },
    spec,
  }
}

/** The target with the patch applied, as the server would do it. */
export function merged(target: object, patch: Patch): object {
  const result: Record<string, unknown> = { ...target }
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete result[field]
    else result[field] = isObject(value) ? merged(asObject(result[field]), value) : value
  }
  return result
}

const isObject = (value: unknown): value is Patch =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const asObject = (value: unknown): object => (isObject(value) ? value : {})
