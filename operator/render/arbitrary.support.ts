import fc from 'fast-check'
import type { RegionSpec } from '../resources/region.ts'
import type { TenantSpec } from '../resources/tenant.ts'
import { backup, input, region, tenant } from './input.support.ts'
import type { TenantInput } from './input.ts'

/** Nothing else contains it, so that it is found wherever it went. */
export const PERSONAL = 'Frau Müller'

const label = (maxLength: number) =>
  fc.stringMatching(new RegExp(`^[a-z]([-a-z0-9]{0,${maxLength - 2}}[a-z0-9])?$`))

const named = <T>(key: string, values: fc.Arbitrary<T>) =>
  values.map(value => ({ [key]: value }) as Record<string, T>)

const optional = <T>(key: string, values: fc.Arbitrary<T>) =>
  fc.oneof(fc.constant({}), named(key, values))

const amount = <Unit extends string>(...units: Unit[]) =>
  fc
    .tuple(fc.integer({ min: 1, max: 5_000 }), fc.constantFrom(...units))
    .map(([count, unit]) => `${count}${unit}`)

const compute = { cpu: amount('', 'm'), memory: amount('Mi', 'Gi') }
const workload = fc.record({ replicas: fc.integer({ min: 1, max: 20 }), ...compute })

const resources = fc.record({
  ingest: workload,
  api: workload,
  database: fc.record({
    instances: fc.integer({ min: 1, max: 9 }),
    ...compute,
    storage: amount('Gi', 'Ti'),
  }),
})

const size = fc.oneof(
  fc.constantFrom('small', 'medium', 'large').map(size => ({ size })),
  resources.map(resources => ({ size: 'custom' as const, resources })),
)

const sites = fc.uniqueArray(
  label(63).map(name => ({ name, displayName: `${PERSONAL} ${name}` })),
  { selector: ({ name }) => name, maxLength: 5 },
)

const tenantSpec = fc
  .tuple(
    size,
    fc.record({ sites, suspend: fc.boolean(), displayName: fc.constant(PERSONAL) }),
    optional('restore', fc.constant({ to: '2026-11-29T06:53:45Z', from: { tenant: 'a' } })),
    optional('api', fc.constant({ oidc: { issuer: 'https://login.example.com', audience: 'a' } })),
  )
  .map(parts => Object.assign({}, ...parts) as Partial<TenantSpec>)

const toleration = fc.record(
  {
    key: label(40),
    operator: fc.constantFrom('Equal', 'Exists'),
    effect: fc.constantFrom('NoSchedule', 'NoExecute'),
  },
  { requiredKeys: ['operator'] },
)

const placement = fc
  .tuple(
    fc.record({
      regionLabel: fc.constantFrom('topology.kubernetes.io/region', 'example.com/country'),
      regionValue: label(63),
      storageClassName: label(63),
    }),
    optional('nodeSelector', fc.dictionary(label(20), label(20), { maxKeys: 3 })),
    optional('tolerations', fc.array(toleration, { maxLength: 3 })),
  )
  .map(parts => Object.assign({}, ...parts) as RegionSpec['placement'])

const issuerRef = fc.constant({ name: 'ca', kind: 'Issuer', group: 'cert-manager.io' })

const regionSpec = fc
  .tuple(
    fc.record({
      placement,
      database: fc.record({
        kind: fc.constantFrom('cnpg', 'statefulset'),
        version: fc.constantFrom('17', '18'),
        storage: fc.record({ size: amount('Gi', 'Ti') }),
      }),
      certificates: optional('issuerRef', issuerRef),
      images: fc
        .tuple(
          fc.constant({ registry: 'registry.example.com', version: '1.0.0' }),
          optional('pullSecretRefs', fc.constant([{ name: 'pull' }])),
        )
        .map(parts => Object.assign({}, ...parts)),
    }),
    optional('backup', fc.constant(backup)),
    optional('telemetry', fc.constant({ otlpEndpoint: 'https://otlp.eu-central.platen.example' })),
  )
  .map(parts => Object.assign({}, ...parts) as Partial<RegionSpec>)

const addresses = fc.record({
  hosts: fc.dictionary(
    fc.constantFrom('s3.eu-central.example.com', 'otlp.eu-central.platen.example'),
    fc.array(fc.ipV4(), { maxLength: 3 }),
  ),
  apiServer: fc.array(fc.record({ ip: fc.ipV4(), port: fc.constant(6443) }), { maxLength: 2 }),
})

/** Whatever the CRDs let through, with the longest names among it. */
export const inputs: fc.Arbitrary<TenantInput> = fc
  .record({
    name: fc.oneof(label(40), fc.constant('t'.repeat(40))),
    regionName: fc.oneof(label(30), fc.constant('r'.repeat(30))),
    tenantSpec,
    regionSpec,
    accepting: fc.boolean(),
    mayBackUp: fc.boolean(),
    addresses,
    secrets: fc.dictionary(fc.constantFrom('tls', 'component', 'database-api'), label(12)),
  })
  .map(({ name, regionName, tenantSpec, regionSpec, ...rest }) =>
    input({ ...rest, region: region(regionSpec, regionName), tenant: tenant(tenantSpec, name) }),
  )
