import type { Region, RegionSpec } from '../resources/region.ts'
import type { Tenant, TenantSpec } from '../resources/tenant.ts'
import type { TenantInput } from './input.ts'

/** A Region as the API server serves it: with the CRD's defaults. */
export function region(spec: Partial<RegionSpec> = {}, name = 'eu-central'): Region {
  return {
    apiVersion: 'platen.dev/v1alpha1',
    kind: 'Region',
    metadata: { name, uid: '11111111-aaaa-4bbb-8ccc-000000000001' },
    spec: {
      countries: ['DE', 'AT'],
      domain: 'eu-central.platen.example',
      placement: {
        regionLabel: 'topology.kubernetes.io/region',
        regionValue: 'eu-central-1',
        storageClassName: 'eu-central',
      },
      database: {
        kind: 'statefulset',
        version: '18',
        operatorNamespace: 'cnpg-system',
        storage: { size: '20Gi' },
      },
      edge: { serviceType: 'LoadBalancer', replicas: 2 },
      certificates: {},
      images: { registry: 'registry.example.com/platen', version: '1.4.0' },
      rollout: { maxConcurrent: 5, onFailure: 'Pause' },
      ...spec,
    },
  }
}

export function tenant(spec: Partial<TenantSpec> = {}, name = 'acme'): Tenant {
  return {
    apiVersion: 'platen.dev/v1alpha1',
    kind: 'Tenant',
    metadata: { name, uid: '22222222-aaaa-4bbb-8ccc-000000000002' },
    spec: {
      displayName: 'Acme GmbH',
      country: 'DE',
      size: 'small',
      sites: [{ name: 'berlin', displayName: 'Berlin, Chausseestraße' }],
      retention: { readingsMonths: 24 },
      suspend: false,
      deletionPolicy: 'Retain',
      ...spec,
    },
  }
}

export function input(parts: Partial<TenantInput> = {}): TenantInput {
  return {
    region: region(),
    tenant: tenant(),
    version: '1.4.0',
    secrets: {
      'database-owner': 'o1',
      'database-api': 'a1',
      'database-ingest': 'i1',
      'database-xmpp': 'x1',
      'api-platform': 'p1',
      component: 'c1',
      'licence-key': 'l1',
      tls: 't1',
      'backup-credentials': 'b1',
    },
    accepting: true,
    mayBackUp: true,
    ledger: ['{"sequence":1}'],
    ledgerKeys: { k1: '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n' },
    addresses: { hosts: {}, apiServer: [] },
    ...(!parts.region?.spec.certificates.issuerRef && { certificateAuthority: AUTHORITY }),
    ...parts,
  }
}

const AUTHORITY = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

export const backup: NonNullable<RegionSpec['backup']> = {
  endpoint: 'https://s3.eu-central.example.com',
  bucket: 'platen-eu-central',
  location: 'eu-central-1',
  credentialsSecretRef: { name: 'object-store' },
  schedule: '0 2 * * *',
  retentionDays: 30,
}

export const cnpg: RegionSpec['database'] = {
  kind: 'cnpg',
  version: '18',
  operatorNamespace: 'cnpg-system',
  storage: { size: '20Gi' },
}

const addresses = {
  hosts: { 's3.eu-central.example.com': ['192.0.2.10', '192.0.2.11', '2001:db8::10'] },
  apiServer: [{ ip: '10.0.0.1', port: 6443 }],
}

/** One for each size and each option: what each renders to stands in testdata/NAME.yaml. */
export const cases: { name: string; why: string; input: TenantInput }[] = [
  {
    name: 'small-statefulset',
    why: 'The least: nothing optional is set.',
    input: input(),
  },
  {
    name: 'small-statefulset-backup',
    why: 'The built-in database archives and makes the backups that a CronJob asks for.',
    input: input({ region: region({ backup }), addresses }),
  },
  {
    name: 'restored-statefulset',
    why: "The database comes back from another tenant's backup, before PostgreSQL starts; it is prepared anew.",
    input: input({
      region: region({ backup }),
      tenant: tenant({ restore: { to: '2026-11-29T06:53:45Z', from: { tenant: 'beta' } } }),
      addresses,
    }),
  },
  {
    name: 'medium-cnpg-backup',
    why: 'CloudNativePG keeps replicas and archives to the object store itself.',
    input: input({
      region: region({ database: cnpg, backup }),
      tenant: tenant({ size: 'medium' }),
      addresses,
    }),
  },
  {
    name: 'recovering-cnpg',
    why: 'CloudNativePG makes a Cluster of the backup beside the one that served, which sleeps; the store has an authority of its own.',
    input: input({
      region: region({ database: cnpg, backup }),
      tenant: tenant({ size: 'medium', restore: { to: '2026-11-29T06:53:45Z' } }),
      restoring: true,
      recovery: {
        cluster: 'database-0123456789',
        from: { prefix: 'acme', name: 'database-22222222_DE_eu-central' },
        isFirst: false,
      },
      hasBackupAuthority: true,
      addresses,
    }),
  },
  {
    name: 'recovered-cnpg',
    why: 'It has taken the place of the other one, with an archive of its own and a first backup in it.',
    input: input({
      region: region({ database: cnpg, backup }),
      tenant: tenant({ size: 'medium', restore: { to: '2026-11-29T06:53:45Z' } }),
      databases: [
        { name: 'database' },
        { name: 'database-0123456789', since: '2026-11-29T08:00:00Z' },
      ],
      addresses,
    }),
  },
  {
    name: 'large-cert-manager',
    why: 'The certificate comes from the issuer that the Region names.',
    input: input({
      region: region({
        certificates: {
          issuerRef: { name: 'letsencrypt', kind: 'ClusterIssuer', group: 'cert-manager.io' },
        },
      }),
      tenant: tenant({ size: 'large' }),
    }),
  },
  {
    name: 'custom',
    why: 'Quantities are written as the API server stores them, and a volume that was larger stays so.',
    input: input({
      region: region({ database: cnpg }),
      tenant: tenant({
        size: 'custom',
        resources: {
          ingest: { replicas: 5, cpu: '1000m', memory: '1024Mi' },
          api: { replicas: 1, cpu: '2', memory: '3Gi' },
          database: { instances: 1, cpu: '2500m', memory: '10Gi', storage: '1024Gi' },
        },
      }),
      volumes: ['100Gi', '2Ti'],
      addresses,
    }),
  },
  {
    name: 'suspended-statefulset',
    why: 'Nothing runs, and the data is kept.',
    input: input({ region: region({ backup }), tenant: tenant({ suspend: true }), addresses }),
  },
  {
    name: 'suspended-cnpg',
    why: 'CloudNativePG hibernates its instances.',
    input: input({
      region: region({ database: cnpg, backup }),
      tenant: tenant({ suspend: true }),
      addresses,
    }),
  },
  {
    name: 'closed',
    why: 'Residency is violated: no ingest runs, everything else goes on.',
    input: input({ accepting: false, tenant: tenant({ size: 'medium' }) }),
  },
  {
    name: 'unseen-bucket-statefulset',
    why: 'Nobody knows where the bucket is: no way leads to it, and nothing is sent.',
    input: input({ mayBackUp: false, region: region({ backup }), addresses }),
  },
  {
    name: 'unseen-bucket-cnpg',
    why: 'CloudNativePG archives nothing while nobody knows where the bucket is.',
    input: input({ mayBackUp: false, region: region({ database: cnpg, backup }), addresses }),
  },
  {
    name: 'options',
    why: 'Pull secrets, tolerations, a node selector, telemetry, OpenID Connect and many sites.',
    input: input({
      region: region({
        placement: {
          regionLabel: 'topology.kubernetes.io/region',
          regionValue: 'eu-central-1',
          nodeSelector: { 'platen.dev/pool': 'tenants' },
          tolerations: [
            { key: 'platen.dev/pool', operator: 'Equal', value: 'tenants', effect: 'NoSchedule' },
            { key: 'slow', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 },
          ],
          storageClassName: 'eu-central',
        },
        telemetry: { otlpEndpoint: 'http://collector.telemetry.svc:4318' },
        images: {
          registry: 'registry.example.com/platen',
          version: '1.4.0',
          pullSecretRefs: [{ name: 'pull-one' }, { name: 'pull-two' }],
        },
      }),
      tenant: tenant({
        api: { oidc: { issuer: 'https://login.example.com/acme', audience: 'platen' } },
        sites: Array.from({ length: 12 }, (_, index) => ({
          name: `site-${index + 1}`,
          displayName: `Standort ${index + 1}`,
        })),
      }),
    }),
  },
]
