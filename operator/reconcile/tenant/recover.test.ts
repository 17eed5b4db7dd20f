import { expect, it } from 'vitest'
import type { KubernetesObject } from '../../cluster/object.ts'
import { observe } from '../../cluster/project.ts'
import { cnpg, backup as inRegion, region, tenant } from '../../render/input.support.ts'
import { FIRST, type ServedChain } from '../../render/served.ts'
import { bucketName } from '../../residency/backup-location.ts'
import type { TenantSpec } from '../../resources/tenant.ts'
import { recover } from './recover.ts'
import type { StackScope } from './scope.ts'

const NOW = new Date('2026-11-29T08:00:00Z')
const BEFORE = '2026-11-29T06:53:45Z'
const ID = '0123456789'
const MADE = `database-${ID}`

interface Given {
  restore?: TenantSpec['restore']
  suspend?: boolean
  databases?: ServedChain
  objects?: KubernetesObject[]
  /** Where the object store says the bucket is; undefined: it has not said it yet. */
  location?: string | undefined
}

function cluster(name: string, phase: string, readyInstances: number): KubernetesObject {
  return {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata: { name, namespace: 'tenant-acme' },
    spec: { instances: 1 },
    status: { phase, readyInstances },
  }
}

const HEALTHY = 'Cluster in healthy state'
const serving = cluster('database', HEALTHY, 1)
const asleep = cluster('database', HEALTHY, 0)

/** What another Tenant has left. */
function left(annotations: Record<string, string>): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tenant-beta', annotations } }
}

/** One look at a tenant that asks for a restore, in a cluster that holds these objects; and what was applied. */
async function look(given: Given) {
  const { restore, suspend = false, databases = FIRST, objects = [] } = given
  const location = 'location' in given ? given.location : inRegion.location
  const applied: KubernetesObject[] = []
  const seen = objects.map(observe)
  const find = ({ kind, name }: { kind: string; name: string }) =>
    seen.find(({ ref }) => ref.kind === kind && ref.name === name)
  const s = {
    tenant: tenant({ suspend, restore: restore ?? { to: BEFORE } }),
    region: region({ database: cnpg, backup: inRegion }),
    namespace: 'tenant-acme',
    now: NOW,
    signal: AbortSignal.timeout(5_000),
    databases,
    recovery: undefined,
    secrets: {},
    context: {
      authority: { ledgerKeys: [] },
      copies: [],
      ...(location && { bucket: { bucket: bucketName(inRegion), location } }),
    },
    target: {
      cache: { ofTenant: () => seen },
      cluster: { apply: async (object: KubernetesObject) => applied.push(object) },
      writes: { isInSync: () => false, newest: (_cache: unknown, ref: never) => find(ref) },
    },
  } as unknown as StackScope
  const told = await recover(s, ID)
  return { told, recovery: s.recovery, databases: s.databases, applied }
}

it('makes nothing as long as an instance runs that it takes the place of', async () => {
  const { told, recovery } = await look({ objects: [serving] })
  expect({ told, recovery }).toEqual({ told: undefined, recovery: undefined })
})

it('makes a Cluster of the archive that was in force at that time', async () => {
  const databases: ServedChain = [
    { name: 'database' },
    { name: 'database-1', since: '2026-11-29T07:00:00Z' },
  ]
  const objects = [cluster('database-1', HEALTHY, 0)]
  const name = 'database-22222222_DE_eu-central'
  const first = await look({ databases, objects })
  expect(first.recovery).toEqual({ cluster: MADE, from: { prefix: 'acme', name }, isFirst: false })
  const second = await look({ databases, objects, restore: { to: '2026-11-29T07:30:00Z' } })
  expect(second.recovery?.from.name).toBe(`${name}_database-1`)
})

it.each([
  { given: { suspend: true, objects: [asleep] }, why: 'it is suspended', is: undefined },
  { given: { objects: [] }, why: 'there is none before it', is: { isFirst: true } },
  { given: { objects: [asleep] }, why: 'the other one sleeps', is: { isFirst: false } },
  {
    given: { objects: [serving, cluster(MADE, 'Setting up primary', 0)] },
    why: 'it was begun, and goes on whatever the other one does',
    is: { isFirst: false },
  },
])('is made as it should: $why', async ({ given, is }) => {
  const { recovery } = await look(given)
  if (is) expect(recovery).toMatchObject(is)
  else expect(recovery).toBeUndefined()
})

it('takes the place once it is healthy, and writes that down at once', async () => {
  const objects = [asleep, cluster(MADE, HEALTHY, 1)]
  const { told, databases, applied } = await look({ objects })
  expect(told).toEqual({ state: 'Restored' })
  expect(databases).toEqual([{ name: 'database' }, { name: MADE, since: '2026-11-29T08:00:00Z' }])
  expect(applied.map(({ metadata }) => metadata.annotations?.['platen.dev/databases'])).toEqual([
    `database ${MADE}@2026-11-29T08:00:00Z`,
  ])
  const again = await look({ objects, databases })
  expect(again).toMatchObject({ told: { state: 'Restored' }, applied: [] })
})

it('waits for the object store, and makes no empty Cluster meanwhile', async () => {
  const { told, recovery } = await look({ objects: [asleep], location: undefined })
  expect(told).toMatchObject({ state: 'Restoring', message: expect.stringMatching(/^waiting for/) })
  expect(recovery).toBeUndefined()
})

it('wakes one that was begun and put to sleep before it was complete, rather than take it', async () => {
  const begun = cluster(MADE, HEALTHY, 0)
  begun.metadata.annotations = { 'cnpg.io/hibernation': 'on' }
  begun.status = { conditions: [{ type: 'cnpg.io/hibernation', status: 'True' }] }
  const { told, recovery } = await look({ objects: [asleep, begun] })
  expect(told).toBeUndefined()
  expect(recovery).toMatchObject({ cluster: MADE })
})

it('is refused when CloudNativePG gives it up', async () => {
  const phase = 'Cluster is unrecoverable and needs manual intervention'
  const { told } = await look({ objects: [asleep, cluster(MADE, phase, 0)] })
  expect(told).toMatchObject({ state: 'Refused', message: expect.stringContaining(phase) })
})

const UID = '33333333-aaaa-4bbb-8ccc-000000000003'
const ofBeta = (country: string, place = 'eu-central') =>
  left({
    'platen.dev/tenant-uid': UID,
    'platen.dev/country': country,
    'platen.dev/region': place,
    'platen.dev/databases': 'database-7',
  })

const HOME = ", and data stays where it belongs; name a Tenant of this one's country and Region"

it.each([
  {
    why: 'the time is still to come',
    given: { restore: { to: '2026-11-29T08:00:01Z' } },
    says: '2026-11-29T08:00:01Z lies in the future; name a time that has passed',
  },
  {
    why: 'nobody knows which Tenant of that name it was',
    given: { restore: { to: BEFORE, from: { tenant: 'beta' } } },
    says: 'nothing of Tenant beta is left in this cluster; name its uid in spec.restore.from.uid',
  },
  {
    why: 'it is data of another country',
    given: { restore: { to: BEFORE, from: { tenant: 'beta' } }, objects: [ofBeta('AT')] },
    says: `the backups of Tenant beta are of AT, not DE${HOME}`,
  },
  {
    why: 'it is data of another Region',
    given: { restore: { to: BEFORE, from: { tenant: 'beta' } }, objects: [ofBeta('DE', 'north')] },
    says: `the backups of Tenant beta are of Region north, not eu-central${HOME}`,
  },
])('is refused: $why', async ({ given, says }) => {
  const { told } = await look(given)
  expect(told).toEqual({ state: 'Refused', message: `cannot restore: ${says}` })
})

it("finds another Tenant's archive by what it has left, and by its uid when nothing is", async () => {
  const name = 'database-33333333_DE_eu-central'
  const from = { tenant: 'beta' }
  const known = await look({ restore: { to: BEFORE, from }, objects: [ofBeta('DE')] })
  expect(known.recovery?.from).toEqual({ prefix: 'beta', name: `${name}_database-7` })
  const gone = await look({ restore: { to: BEFORE, from: { ...from, uid: UID } } })
  expect(gone.recovery?.from).toEqual({ prefix: 'beta', name })
})
