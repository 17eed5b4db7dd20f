import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeKubernetes, sharedControlPlane } from '../kubernetes/index.ts'
import {
  FULL_REGION,
  FULL_TENANT,
  type Kind,
  objectsOn,
  type Patch,
  REGION,
  TENANT,
} from './objects.ts'

const FULL = 'crds-changes'
const MINIMAL = 'crds-changes-minimal'

interface Change {
  why: string
  kind: Kind
  patch: Patch
  /** Which of the stored objects is changed; FULL unless told. */
  of?: string
}
interface Refused extends Change {
  says: string
}

const storage = (size: string): Patch => ({ resources: { database: { storage: size } } })
const databaseSize = (size: string): Patch => ({ database: { storage: { size } } })

const refused: Refused[] = [
  {
    why: 'the country is the promise.',
    kind: 'Tenant',
    patch: { country: 'AT' },
    says: 'cannot change country: it is a promise about where the data stays; put the old one back',
  },
  {
    why: 'a promise is not taken back by leaving it out.',
    kind: 'Tenant',
    patch: { country: null },
    says: 'spec.country: Required value',
  },
  {
    why: 'the data would have to move.',
    kind: 'Tenant',
    patch: { regionRef: { name: 'at' } },
    says: "cannot change regionRef: the tenant's data would have to move; put the old one back",
  },
  {
    why: 'without its region the tenant could resolve to another one.',
    kind: 'Tenant',
    patch: { regionRef: null },
    says: "cannot remove regionRef: the tenant's data is in that region; put it back",
  },
  {
    why: 'a volume does not shrink.',
    kind: 'Tenant',
    patch: storage('99Gi'),
    says: 'cannot lower resources.database.storage: a volume does not shrink; put the old one back',
  },
  {
    why: 'resources without a custom size would be ignored.',
    kind: 'Tenant',
    patch: { size: 'small' },
    says: 'cannot use resources with a named size',
  },
  {
    why: 'the tenants of that country may be there.',
    kind: 'Region',
    patch: { countries: ['DE'] },
    says: "cannot remove a country: its tenants' data may be in the region already; put it back",
  },
  {
    why: 'a country replaced by another is a country removed.',
    kind: 'Region',
    patch: { countries: ['DE', 'CH'] },
    says: 'cannot remove a country',
  },
  {
    why: 'monitors know the old domain.',
    kind: 'Region',
    patch: { domain: 'eu.platen.test' },
    says: "cannot change domain: certificates and the monitors at the customers' sites name it",
  },
  {
    why: 'another cluster has no data.',
    kind: 'Region',
    patch: { cluster: { kubeconfigSecretRef: { name: 'cluster-fr' } } },
    says: "cannot change cluster, add nor remove it: the tenants' data is in the cluster that was named",
  },
  {
    why: 'another key names another cluster.',
    kind: 'Region',
    patch: { cluster: { kubeconfigSecretRef: { key: 'other' } } },
    says: 'cannot change cluster, add nor remove it',
  },
  {
    why: 'this cluster has no data.',
    kind: 'Region',
    patch: { cluster: null },
    says: 'cannot change cluster, add nor remove it',
  },
  {
    why: 'that cluster has no data.',
    kind: 'Region',
    of: MINIMAL,
    patch: { cluster: { kubeconfigSecretRef: { name: 'cluster-de' } } },
    says: 'cannot change cluster, add nor remove it',
  },
  {
    why: 'other nodes have no data.',
    kind: 'Region',
    patch: { placement: { regionValue: 'eu-west-3' } },
    says: "cannot change placement.regionValue: the tenants' data would have to move",
  },
  {
    why: 'another label names other nodes.',
    kind: 'Region',
    patch: { placement: { regionLabel: 'example.com/other' } },
    says: "cannot change placement.regionLabel: the tenants' data would have to move",
  },
  {
    why: 'the default label is another label too.',
    kind: 'Region',
    patch: { placement: { regionLabel: null } },
    says: 'cannot change placement.regionLabel',
  },
  {
    why: 'volumes stay in their class.',
    kind: 'Region',
    patch: { placement: { storageClassName: 'fast' } },
    says: 'cannot change placement.storageClassName: a volume does not move to another class',
  },
  {
    why: 'the two kinds keep their data in different places.',
    kind: 'Region',
    patch: { database: { kind: 'statefulset' } },
    says: "cannot change database.kind: the tenants' data would have to move",
  },
  {
    why: 'leaving the kind out means the default kind.',
    kind: 'Region',
    patch: { database: null },
    says: 'cannot change database.kind',
  },
  {
    why: 'PostgreSQL reads no newer data.',
    kind: 'Region',
    patch: { database: { version: '16' } },
    says: 'cannot lower database.version: PostgreSQL does not read data that a newer version wrote',
  },
  {
    why: 'a volume does not shrink.',
    kind: 'Region',
    patch: databaseSize('49Gi'),
    says: 'cannot lower database.storage.size: a volume does not shrink; put the old one back',
  },
  {
    why: 'Kubernetes keeps the class of a load balancer.',
    kind: 'Region',
    patch: { edge: { loadBalancerClass: 'example.com/other' } },
    says: 'cannot change edge.loadBalancerClass, add nor remove it: Kubernetes keeps the class of a Service',
  },
  {
    why: 'Kubernetes takes no class away.',
    kind: 'Region',
    patch: { edge: { loadBalancerClass: null } },
    says: 'cannot change edge.loadBalancerClass',
  },
  {
    why: 'Kubernetes adds no class later.',
    kind: 'Region',
    of: MINIMAL,
    patch: { edge: { loadBalancerClass: 'example.com/public' } },
    says: 'cannot change edge.loadBalancerClass',
  },
]

const allowed: Change[] = [
  {
    why: 'the region that holds the tenant can be written down.',
    kind: 'Tenant',
    of: MINIMAL,
    patch: { regionRef: { name: 'de' } },
  },
  { why: 'customers change their name.', kind: 'Tenant', patch: { displayName: 'Acme Ltd' } },
  { why: 'customers grow.', kind: 'Tenant', of: MINIMAL, patch: { size: 'large' } },
  { why: 'volumes grow.', kind: 'Tenant', patch: storage('1Ti') },
  {
    why: 'the same size in another unit is no smaller.',
    kind: 'Region',
    patch: databaseSize('50Gi'),
  },
  {
    why: 'a custom size is left by leaving the resources out.',
    kind: 'Tenant',
    patch: { size: 'small', resources: null },
  },
  {
    why: 'sites open and close.',
    kind: 'Tenant',
    patch: { sites: [{ name: 'hamburg', displayName: 'Hamburg' }] },
  },
  {
    why: 'replicas go up and down.',
    kind: 'Tenant',
    patch: { resources: { ingest: { replicas: 1 } } },
  },
  { why: 'a tenant is suspended and comes back.', kind: 'Tenant', patch: { suspend: true } },
  {
    why: 'the policy is decided before deletion.',
    kind: 'Tenant',
    patch: { deletionPolicy: 'Retain' },
  },
  { why: 'a bad version is taken back.', kind: 'Tenant', patch: { version: '0.9.0' } },
  { why: 'a pin is removed.', kind: 'Tenant', patch: { version: null } },
  { why: 'the provider is another one.', kind: 'Tenant', patch: { api: null } },
  { why: 'a country is added.', kind: 'Region', patch: { countries: ['AT', 'CH', 'DE'] } },
  { why: 'volumes grow.', kind: 'Region', patch: databaseSize('1Ti') },
  { why: 'PostgreSQL is upgraded.', kind: 'Region', patch: { database: { version: '18' } } },
  {
    why: 'a load balancer becomes something else, and its class goes.',
    kind: 'Region',
    patch: { edge: { serviceType: 'NodePort', loadBalancerClass: null } },
  },
  { why: 'a bad version is taken back.', kind: 'Region', patch: { images: { version: '0.9.0' } } },
  {
    why: 'a collector is below the domain of the Region.',
    kind: 'Region',
    patch: { telemetry: { otlpEndpoint: 'https://otlp.de.platen.test:4318' } },
  },
  {
    why: 'a collector is a Service that speaks TLS.',
    kind: 'Region',
    patch: { telemetry: { otlpEndpoint: 'https://collector.observability.svc' } },
  },
  { why: 'nodes get another pool.', kind: 'Region', patch: { placement: { nodeSelector: null } } },
  {
    why: 'an issuer takes over.',
    kind: 'Region',
    of: MINIMAL,
    patch: { certificates: { issuerRef: { name: 'public' } } },
  },
  {
    why: 'backups go to another bucket.',
    kind: 'Region',
    patch: { backup: { bucket: 'other-bucket' } },
  },
]

describeKubernetes('the API server', () => {
  let objects: ReturnType<typeof objectsOn>
  const stored: [Kind, object, string][] = [
    ['Region', FULL_REGION, FULL],
    ['Region', REGION, MINIMAL],
    ['Tenant', FULL_TENANT, FULL],
    ['Tenant', TENANT, MINIMAL],
  ]
  beforeAll(async () => {
    const cluster = await sharedControlPlane()
    await cluster.installCrds('crds')
    objects = objectsOn(cluster)
    for (const [kind, spec, name] of stored) await objects.store(kind, spec, name)
  })
  afterAll(async () => {
    for (const [kind, , name] of stored) await objects?.remove(kind, name)
  })

  it.each(refused)('refuses a change of a $kind, because $why', async change => {
    const { kind, patch, of = FULL, says } = change
    await expect(objects.change(kind, patch, of)).rejects.toThrow(says)
  })

  it.each(allowed)('allows a change of a $kind, because $why', async change => {
    const { kind, patch, of = FULL } = change
    await expect(objects.change(kind, patch, of)).resolves.toMatchObject({ kind })
  })
})
