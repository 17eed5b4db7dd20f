import type { Region, Tenant, TenantInput } from '@platen/operator'
import type { Store } from './store.ts'

const API = 'platen.dev/v1alpha1' as const

/** What the operator renders for a tenant with the least of everything, whose Region backs up to the store. */
export function tenantInput(
  { endpoint, bucket, location }: Store,
  { name, uid, country }: { name: string; uid: string; country: string },
): TenantInput {
  const region: Region = {
    apiVersion: API,
    kind: 'Region',
    metadata: { name: 'eu-central' },
    spec: {
      countries: ['DE', 'FR'],
      domain: 'eu-central.platen.example',
      placement: { regionLabel: 'region', regionValue: 'eu', storageClassName: 'eu' },
      database: {
        kind: 'statefulset',
        version: '18',
        operatorNamespace: 'x',
        storage: { size: '1Gi' },
      },
      edge: { serviceType: 'LoadBalancer', replicas: 2 },
      certificates: {},
      rollout: { maxConcurrent: 5, onFailure: 'Pause' },
      images: { registry: 'registry.example.com/platen', version: '1.0.0' },
      backup: {
        endpoint,
        bucket,
        location,
        credentialsSecretRef: { name: 'x' },
        schedule: '0 2 * * *',
        retentionDays: 30,
      },
    },
  }
  const tenant: Tenant = {
    apiVersion: API,
    kind: 'Tenant',
    metadata: { name, uid },
    spec: {
      displayName: name,
      country,
      size: 'small',
      sites: [],
      retention: { readingsMonths: 24 },
      suspend: false,
      deletionPolicy: 'Retain',
    },
  }
  return { ...NOTHING, region, tenant }
}

const NOTHING = {
  version: '1.0.0',
  secrets: {},
  accepting: true,
  mayBackUp: true,
  ledger: [],
  ledgerKeys: {},
  addresses: { hosts: {}, apiServer: [] },
}
