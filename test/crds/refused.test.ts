import { beforeAll, expect, it } from 'vitest'
import { describeKubernetes, sharedControlPlane } from '../kubernetes/index.ts'
import {
  FULL_REGION,
  FULL_TENANT,
  merged,
  objectsOn,
  type Patch,
  REGION,
  TENANT,
} from './objects.ts'

interface Case {
  why: string
  spec: Patch
  says: string
}

const SITE = { name: 'munich', displayName: 'Munich' }
const DATABASE = { database: { storage: '100GB' } }

const tenants: Case[] = [
  {
    why: 'A day is no moment to go back to.',
    spec: { restore: { to: '2026-11-29' } },
    says: 'cannot use this restore.to',
  },
  {
    why: "A path would lead among other people's backups.",
    spec: { restore: { to: '2026-11-29T06:53:45Z', from: { tenant: '../other' } } },
    says: 'cannot use this restore.from.tenant',
  },
  {
    why: 'XX is assigned to no country.',
    spec: { country: 'XX' },
    says: 'cannot use this country: it is no officially assigned ISO 3166-1 alpha-2 code; use two capital letters',
  },
  {
    why: 'UK is reserved, the code is GB.',
    spec: { country: 'UK' },
    says: 'the United Kingdom is GB',
  },
  {
    why: 'Codes are written in capital letters.',
    spec: { country: 'de' },
    says: 'cannot use this country',
  },
  {
    why: 'DEU is an alpha-3 code.',
    spec: { country: 'DEU' },
    says: 'Too long: may not be more than 2',
  },
  {
    why: 'An unquoted NO is false in YAML.',
    spec: { country: false },
    says: 'must be of type string',
  },
  {
    why: 'Without a country nothing is promised.',
    spec: { country: null },
    says: 'spec.country: Required value',
  },
  {
    why: 'People must be able to tell tenants apart.',
    spec: { displayName: null },
    says: 'spec.displayName: Required value',
  },
  {
    why: 'An empty name tells nothing.',
    spec: { displayName: '' },
    says: 'spec.displayName in body should be at least 1 chars long',
  },
  {
    why: 'A custom size must be said.',
    spec: { size: 'custom' },
    says: 'cannot use size custom without resources: nothing says how large the tenant is; set resources',
  },
  {
    why: 'Resources beside a named size would be ignored.',
    spec: { ...FULL_TENANT, size: 'small' },
    says: 'cannot use resources with a named size: one of the two would be ignored; set size to custom',
  },
  {
    why: 'The default size is a named one.',
    spec: { ...FULL_TENANT, size: null },
    says: 'cannot use resources with a named size',
  },
  {
    why: 'There is no such size.',
    spec: { size: 'huge' },
    says: 'supported values: \\"small\\", \\"medium\\", \\"large\\", \\"custom\\"',
  },
  {
    why: 'GB is no unit of the volumes.',
    spec: merged(FULL_TENANT, { resources: DATABASE }) as Patch,
    says: 'cannot use this storage: it is no whole number of gibibytes or tebibytes; write it as 50Gi or 1Ti',
  },
  {
    why: '512m of memory would be half a byte.',
    spec: merged(FULL_TENANT, { resources: { api: { memory: '512m' } } }) as Patch,
    says: 'cannot use this memory: it is no whole number of mebibytes or gibibytes; write it as 512Mi or 2Gi',
  },
  {
    why: 'Half a core is 500m.',
    spec: merged(FULL_TENANT, { resources: { ingest: { cpu: '0.5' } } }) as Patch,
    says: 'cannot use this cpu: it is no whole number of cores or thousandths',
  },
  {
    why: 'A tenant without ingest pods is suspended, not small.',
    spec: merged(FULL_TENANT, { resources: { ingest: { replicas: 0 } } }) as Patch,
    says: 'should be greater than or equal to 1',
  },
  {
    why: 'Two sites of one name could not be told apart.',
    spec: { sites: [SITE, SITE] },
    says: 'spec.sites[1]: Duplicate value',
  },
  {
    why: 'A site is named in accounts and addresses.',
    spec: { sites: [{ ...SITE, name: 'Munich Office' }] },
    says: 'spec.sites[0].name in body should match',
  },
  {
    why: 'An issuer without TLS can be anybody.',
    spec: { api: { oidc: { issuer: 'http://login.test', audience: 'platen' } } },
    says: 'cannot use this api.oidc.issuer: it is no https URL without query and fragment; use the issuer',
  },
  {
    why: 'An issuer has no query.',
    spec: { api: { oidc: { issuer: 'https://login.test/?a=b', audience: 'platen' } } },
    says: 'cannot use this api.oidc.issuer',
  },
  {
    why: 'A token for anybody is a token for nobody.',
    spec: { api: { oidc: { issuer: 'https://login.test' } } },
    says: 'spec.api.oidc.audience: Required value',
  },
  {
    why: 'Nothing is kept for zero months.',
    spec: { retention: { readingsMonths: 0 } },
    says: 'should be greater than or equal to 1',
  },
  {
    why: 'There are two policies.',
    spec: { deletionPolicy: 'Orphan' },
    says: 'supported values: \\"Retain\\", \\"Delete\\"',
  },
  {
    why: 'Nobody could say what latest is.',
    spec: { version: 'latest' },
    says: 'cannot run the version latest: nobody could say what runs, nor go back to it; name a release such as 1.4.0',
  },
  {
    why: 'A version is a tag and a label.',
    spec: { version: 'v1/2' },
    says: 'cannot use this version: it becomes an image tag and a label; use letters, digits',
  },
  {
    why: 'A misspelt field would be ignored in silence.',
    spec: { suspended: true },
    says: 'unknown field \\"spec.suspended\\"',
  },
]

const regions: Case[] = [
  {
    why: 'A region without countries holds nobody.',
    spec: { countries: [] },
    says: 'spec.countries in body should have at least 1 items',
  },
  {
    why: 'XK is a user-assigned code.',
    spec: { countries: ['DE', 'XK'] },
    says: 'spec.countries[1]: Invalid value: \\"XK\\": cannot use this country: it is no officially assigned',
  },
  {
    why: 'A country counts once.',
    spec: { countries: ['DE', 'DE'] },
    says: 'spec.countries[1]: Duplicate value',
  },
  {
    why: 'A certificate authority signs no name without a dot.',
    spec: { domain: 'platen' },
    says: 'cannot use this domain: it is no DNS name of two or more labels in lower case; use one such as',
  },
  {
    why: 'A URL is no domain.',
    spec: { domain: 'https://platen.test' },
    says: 'cannot use this domain',
  },
  {
    why: 'Without a region label the pods may be anywhere.',
    spec: { placement: { regionValue: null } },
    says: 'spec.placement.regionValue: Required value',
  },
  {
    why: 'Without a storage class the data may be anywhere.',
    spec: { placement: { storageClassName: null } },
    says: 'spec.placement.storageClassName: Required value',
  },
  {
    why: 'A label value has no blanks.',
    spec: { placement: { regionValue: 'eu central' } },
    says: 'spec.placement.regionValue in body should match',
  },
  {
    why: 'Backups must not cross the network in the clear.',
    spec: { backup: { ...FULL_REGION.backup, endpoint: 'http://s3.test' } },
    says: 'cannot use this backup.endpoint: it is no https URL of a host; use one such as',
  },
  {
    why: 'Credentials belong into the Secret.',
    spec: { backup: { ...FULL_REGION.backup, endpoint: 'https://user:word@s3.test' } },
    says: 'cannot use this backup.endpoint',
  },
  {
    why: 'A location that nobody stated cannot be verified.',
    spec: { backup: { ...FULL_REGION.backup, location: null } },
    says: 'spec.backup.location: Required value',
  },
  {
    why: 'Cron has five fields here.',
    spec: { backup: { ...FULL_REGION.backup, schedule: '0 0 2 * * *' } },
    says: 'cannot use this backup.schedule: it is not five cron fields with one space between them; use e.g.',
  },
  {
    why: 'Plain HTTP leaves the cluster.',
    spec: { telemetry: { otlpEndpoint: 'http://collector.example.com:4318' } },
    says: 'cannot use this telemetry.otlpEndpoint: it is neither an https URL nor http to a Service',
  },
  {
    why: 'A collector somewhere else may be abroad.',
    spec: { telemetry: { otlpEndpoint: 'https://otlp.example.com' } },
    says: 'spec.telemetry.otlpEndpoint: Invalid value: cannot use this telemetry.otlpEndpoint: it may be outside',
  },
  {
    why: 'A name that only ends like the domain is not below it.',
    spec: { telemetry: { otlpEndpoint: `https://x${REGION.domain}` } },
    says: 'it may be outside of the region; name a Service of the cluster',
  },
  {
    why: 'What looks like a Service in the middle is a host of somebody.',
    spec: { telemetry: { otlpEndpoint: 'https://collector.observability.svc.example.com' } },
    says: 'it may be outside of the region; name a Service of the cluster',
  },
  {
    why: 'A collector anywhere may be outside of the region.',
    spec: { telemetry: { otlpEndpoint: 'https://collector.example.com:4318' } },
    says: 'cannot use this telemetry.otlpEndpoint: it may be outside of the region; name a Service of the cluster',
  },
  {
    why: "A name that only contains the Region's domain is not below it.",
    spec: { telemetry: { otlpEndpoint: 'https://otlp.de.platen.test.example.com' } },
    says: 'cannot use this telemetry.otlpEndpoint: it may be outside of the region',
  },
  {
    why: 'Only a load balancer has a class.',
    spec: { edge: { serviceType: 'NodePort', loadBalancerClass: 'example.com/public' } },
    says: 'cannot use edge.loadBalancerClass with this edge.serviceType: only a LoadBalancer has a class; set',
  },
  {
    why: 'An image has no scheme.',
    spec: { images: { registry: 'https://registry.test/platen' } },
    says: 'cannot use this images.registry: it is no registry with an optional path; use one such as',
  },
  {
    why: 'Nobody could say what latest is.',
    spec: { images: { version: 'latest' } },
    says: 'cannot run the version latest',
  },
  {
    why: 'There are two kinds of databases.',
    spec: { database: { kind: 'mysql' } },
    says: 'supported values: \\"cnpg\\", \\"statefulset\\"',
  },
  {
    why: 'An unquoted 18 is a number.',
    spec: { database: { version: 18 } },
    says: 'spec.database.version in body must be of type string',
  },
  {
    why: 'A volume has a whole number of gibibytes.',
    spec: { database: { storage: { size: '20 Gi' } } },
    says: 'cannot use this size: it is no whole number of gibibytes or tebibytes; write it as 20Gi or 1Ti',
  },
  {
    why: 'A rollout that changes nobody never ends.',
    spec: { rollout: { maxConcurrent: 0 } },
    says: 'should be greater than or equal to 1',
  },
  {
    why: 'A misspelt field would be ignored in silence.',
    spec: { placement: { storageclass: 'regional' } },
    says: 'unknown field \\"spec.placement.storageclass\\"',
  },
]

const NAMES = [
  { kind: 'Tenant', most: 40, minimal: TENANT },
  { kind: 'Region', most: 30, minimal: REGION },
] as const

describeKubernetes('the API server refuses', () => {
  let objects: ReturnType<typeof objectsOn>
  beforeAll(async () => {
    const cluster = await sharedControlPlane()
    await cluster.installCrds('crds')
    objects = objectsOn(cluster)
  })

  it.each(tenants)('a Tenant: $why', async ({ spec, says }) => {
    await expect(objects.create('Tenant', merged(TENANT, spec))).rejects.toThrow(says)
  })

  it.each(regions)('a Region: $why', async ({ spec, says }) => {
    await expect(objects.create('Region', merged(REGION, spec))).rejects.toThrow(says)
  })

  it.each(NAMES)('a $kind whose name has more than $most characters or a dot', async row => {
    const says = `cannot use this metadata.name: it becomes part of`
    const create = (name: string) => objects.create(row.kind, row.minimal, name)
    await expect(create('a'.repeat(row.most))).resolves.toBeDefined()
    await expect(create('a'.repeat(row.most + 1))).rejects.toThrow(says)
    await expect(create('a.b')).rejects.toThrow(says)
  })
})
