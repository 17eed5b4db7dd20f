import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ClusterAccess, describeKubernetes, sharedControlPlane } from '../kubernetes/index.ts'
import { definitions, fieldsOf } from './definition.ts'
import { FULL_REGION, FULL_TENANT, objectsOn, REGION, TENANT } from './objects.ts'

const NAME = 'crds-stored'
const since = '2026-11-01T10:00:00Z'
const condition = (type: string, status: string) => ({
  type,
  status,
  reason: 'Tried',
  message: '',
  lastTransitionTime: since,
})

describeKubernetes('the API server', () => {
  let cluster: ClusterAccess
  let objects: ReturnType<typeof objectsOn>
  beforeAll(async () => {
    cluster = await sharedControlPlane()
    await cluster.installCrds('crds')
    objects = objectsOn(cluster)
    await objects.store('Region', FULL_REGION, NAME)
    await objects.store('Tenant', FULL_TENANT, NAME)
  })
  afterAll(async () => {
    await objects?.remove('Tenant', NAME)
    await objects?.remove('Region', NAME)
  })

  it('fills in what a Region leaves out', async () => {
    const { spec } = await objects.create('Region', REGION)
    expect(spec).toEqual({
      ...REGION,
      placement: { ...REGION.placement, regionLabel: 'topology.kubernetes.io/region' },
      database: {
        kind: 'statefulset',
        version: '18',
        storage: { size: '20Gi' },
        operatorNamespace: 'cnpg-system',
      },
      edge: { serviceType: 'LoadBalancer', replicas: 2 },
      certificates: {},
      rollout: { maxConcurrent: 5, onFailure: 'Pause' },
    })
  })

  it('fills in what the parts of a Region leave out', async () => {
    const { spec } = await objects.create('Region', {
      ...REGION,
      cluster: { kubeconfigSecretRef: { name: 'cluster-de' } },
      certificates: { issuerRef: { name: 'public' } },
      backup: {
        endpoint: 'https://s3.test',
        bucket: 'backups',
        location: 'eu-central-1',
        credentialsSecretRef: { name: 'backup' },
      },
    })
    expect(spec.cluster.kubeconfigSecretRef.key).toBe('kubeconfig')
    expect(spec.certificates.issuerRef).toEqual({
      name: 'public',
      kind: 'ClusterIssuer',
      group: 'cert-manager.io',
    })
    expect(spec.backup).toMatchObject({ schedule: '0 2 * * *', retentionDays: 30 })
  })

  it('fills in what a Tenant leaves out', async () => {
    const { spec } = await objects.create('Tenant', TENANT)
    expect(spec).toEqual({
      ...TENANT,
      size: 'small',
      sites: [],
      retention: { readingsMonths: 24 },
      suspend: false,
      deletionPolicy: 'Retain',
    })
  })

  it('keeps everything that a Region and a Tenant can say', async () => {
    const region = await objects.create('Region', FULL_REGION)
    const tenant = await objects.create('Tenant', FULL_TENANT)
    expect(region.spec).toEqual(FULL_REGION)
    expect(tenant.spec).toEqual(FULL_TENANT)
  })

  it('keeps a full status, and shows it in the columns that people see', async () => {
    await objects.setStatus('Tenant', TENANT_STATUS, NAME)
    await objects.setStatus('Region', REGION_STATUS, NAME)
    const kept = await cluster.rest.call('GET', `/apis/platen.dev/v1alpha1/tenants/${NAME}`)
    expect(kept.status).toEqual(TENANT_STATUS)
    expect(await columnsOf('ptn')).toEqual({
      NAME,
      READY: 'True',
      COUNTRY: 'DE',
      REGION: 'de',
      VERSION: '1.0.1',
      VERIFIED: 'Unknown',
      AGE: expect.stringMatching(/^\d+s$/),
    })
    expect(await columnsOf('prg')).toEqual({
      NAME,
      COUNTRIES: '["DE","AT"]',
      REACHABLE: 'False',
      TENANTS: '7',
      READY: 'True',
      AGE: expect.stringMatching(/^\d+s$/),
    })
    expect(await columnsOf('ptn', '-o', 'wide')).toMatchObject({
      HOST: 'acme.de.platen.test',
      REASON: 'Tried',
    })
    expect(await columnsOf('prg', '-o', 'wide')).toMatchObject({
      DOMAIN: 'de.platen.test',
      VERSION: '1.0.0',
    })
    expect(await cluster.kubectl(['get', 'platen', '-o', 'name'])).toContain(
      `region.platen.dev/${NAME}`,
    )
  })

  it('refuses a status that is no status', async () => {
    await expect(
      objects.setStatus('Tenant', { residency: { verified: 'Perhaps' } }, NAME),
    ).rejects.toThrow('supported values')
    const twice = [condition('Ready', 'True'), condition('Ready', 'False')]
    await expect(objects.setStatus('Tenant', { conditions: twice }, NAME)).rejects.toThrow(
      'Duplicate value',
    )
  })

  it('explains every field as crds/ does', async () => {
    const fields = (await definitions()).flatMap(fieldsOf)
    for (const [parent, children] of Map.groupBy(fields, field => field.parent)) {
      const said = plain(await cluster.kubectl(['explain', parent]))
      for (const { name, schema } of children) {
        expect(said, `about ${parent}.${name}`).toContain(plain(schema.description ?? 'missing'))
      }
    }
  }, 120_000) // a process for each of some thirty objects

  async function columnsOf(kind: string, ...options: string[]): Promise<Record<string, string>> {
    const out = await cluster.kubectl(['get', kind, NAME, ...options])
    const [head = [], row = []] = out
      .trim()
      .split('\n')
      .map(line => line.trim().split(/\s{2,}/))
    return Object.fromEntries(head.map((column, i) => [column, row[i] ?? '']))
  }
})

const TENANT_STATUS = {
  observedGeneration: 1,
  conditions: [{ ...condition('Ready', 'True'), observedGeneration: 1 }],
  country: 'DE',
  region: 'de',
  namespace: 'tenant-acme',
  host: 'acme.de.platen.test',
  version: '1.0.1',
  revision: 'a1b2',
  residency: { verified: 'Unknown', sequence: 3, head: 'c3d4', at: since },
  handledRotation: 'all',
}

const REGION_STATUS = {
  observedGeneration: 1,
  conditions: [condition('Ready', 'True'), condition('ClusterReachable', 'False')],
  tenants: 7,
  ledgerKeys: [{ id: 'de-1', publicKey: '-----BEGIN PUBLIC KEY-----', since }],
  certificateAuthority: '-----BEGIN CERTIFICATE-----',
}

const plain = (text: string): string => text.replace(/\s+/g, ' ')
