import { hash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MANAGEMENT } from '../cluster/clusters.ts'
import { post } from '../cluster/platform/api-client.ts'
import { placeOf } from '../cluster/platform/customer.ts'
import { DE } from '../cluster/platform/places.ts'
import { tenantObject } from '../cluster/platform/resources.ts'
import { until } from '../cluster/wait.ts'
import { lineOf } from '../faults/proof/verdict.ts'
import type { Plugin } from '../kubectl/support/plugin.ts'
import type { KubeObject } from '../kubernetes/rest.ts'
import { leftOf } from './day-two/left.ts'
import { record } from './evidence/evidence.ts'
import { longestGap } from './faults/figures.ts'
import { closeTenants, LOADED, openTenants } from './faults/tenants.ts'
import { beforeAndAfter, countsOf, TABLES } from './load/counts.ts'
import { type Load, startLoad } from './load/load.ts'
import { untilReported } from './load/until-reported.ts'
import { openPlatform } from './platform.ts'
import { conditionIn, readRegion, readTenant, untilReady } from './support/conditions.ts'
import { openPlugin, platen } from './support/plugin.ts'
import { secondsSince, tenths } from './support/stopwatch.ts'

const MONITORS = 10
const RATE = 2
const AWAY_MS = 60_000

const platform = openPlatform()
const management = platform.cluster(MANAGEMENT)
const [TENANT] = LOADED
const NAMESPACE = `tenant-${TENANT.name}`
const rows: string[][] = []
const notes: string[] = []
let plugin: Plugin
let load: Load

beforeAll(async () => {
  plugin = await openPlugin(platform)
  await openTenants(platform, [TENANT])
  await untilReady(platform, TENANT.name)
  load = await startLoad(platform, TENANT, { monitors: MONITORS, rate: RATE })
}, 900_000)
afterAll(async () => {
  await load?.[Symbol.asyncDispose]()
  await closeTenants(platform, [TENANT])
  plugin?.[Symbol.dispose]()
}, 600_000)

/** The longest time, in seconds from `begin` on, for which one monitor had nothing stored; known when all report again after `since`. */
async function gapOf(begin: number, since: number): Promise<number> {
  return longestGap(await untilReported(load, since), begin, MONITORS) / 1000
}

/** Of the Secrets of a namespace, by name: hashes of what they hold. */
async function hashesOf(namespace: string): Promise<Record<string, string>> {
  const { items } = await management.rest.call('GET', `/api/v1/namespaces/${namespace}/secrets`)
  const entries = items.map(({ metadata, data }: KubeObject) => [
    metadata.name,
    hash('sha256', JSON.stringify(data)),
  ])
  return Object.fromEntries(entries)
}

function changed(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(before).filter(name => before[name] !== after[name])
}

const podsOf = async (part: string) => (await platform.pods(MANAGEMENT, NAMESPACE, part)).length

async function untilNothingRuns(): Promise<void> {
  await until(`nothing of ${TENANT.name} runs`, async () => {
    const running = await Promise.all(['ingest', 'api', 'database'].map(podsOf))
    return running.every(count => count === 0) ? undefined : `${running} pods of it run`
  })
}

describe('a tenant in the long run, under load', () => {
  it.each([
    {
      what: 'every secret of the tenant, its certificate among them, made anew',
      target: [TENANT.name],
      namespace: NAMESPACE,
      except: { name: 'backup-credentials', why: "a copy of the platform team's own" },
    },
    {
      what: "the region's certificate authority and the key of its ledgers made anew",
      target: ['--region', DE.name],
      namespace: `platen-region-${DE.name}`,
      except: { name: 'object-store', why: "the platform team's own" },
    },
  ])('$what', { timeout: 900_000 }, async ({ what, target, namespace, except }) => {
    const isRegion = target.length > 1
    const before = await hashesOf(namespace)
    expect(Object.keys(before)).toContain(except.name)
    const all = Object.keys(before).filter(name => name !== except.name)
    expect(all).not.toEqual([])
    await load.take()
    const since = Date.now()
    await platen(plugin, 'rotate', ...target)
    await until('all of them are other ones', async () => {
      const made = changed(before, await hashesOf(namespace))
      const missing = all.filter(name => !made.includes(name))
      return missing.length === 0 ? undefined : `${missing.join(', ')} are as they were`
    })
    if (!isRegion) await until('the operator has carried it out', whyNotRotated)
    await untilReady(platform, TENANT.name, 600_000)
    const ready = secondsSince(since)
    const gap = await gapOf(since, Date.now())
    rows.push([
      what,
      `${all.length} Secrets, all of ${namespace} but ${except.name}, which is ${except.why}`,
      tenths(ready),
      tenths(gap),
    ])
    recordRows()
    const said = conditionIn(await readRegion(platform, DE.name), 'CertificatesReady')
    expect(said).toMatch(/^True/)
  })

  it('suspended, and resumed', { timeout: 900_000 }, async () => {
    await load.take()
    const since = Date.now()
    await platen(plugin, 'suspend', TENANT.name)
    await untilNothingRuns()
    await sleep(AWAY_MS)
    const resumedAt = Date.now()
    await platen(plugin, 'resume', TENANT.name)
    await untilReady(platform, TENANT.name, 600_000)
    const ready = secondsSince(resumedAt)
    const gap = await gapOf(since, resumedAt)
    rows.push([
      `suspended for ${AWAY_MS / 1000} s after its last pod had ended, and resumed`,
      'no pod ran; monitors waited',
      tenths(ready),
      tenths(gap),
    ])
    recordRows()
  })

  it('deleted with Retain, and adopted', { timeout: 900_000 }, async () => {
    await patchPolicy('Retain')
    await load.take()
    const secrets = await hashesOf(NAMESPACE)
    const deletedAt = Date.now()
    await management.kubectl(['delete', 'tenant', TENANT.name, '--timeout=300s'])
    const left = await leftOf(platform, TENANT)
    const waiting = await countsOf(platform, TENANT)
    const since = Date.now()
    await openTenants(platform, [TENANT])
    await untilReady(platform, TENANT.name, 600_000)
    const ready = secondsSince(since)
    const gap = await gapOf(deletedAt, since)
    const after = await countsOf(platform, TENANT)
    rows.push([
      'deleted with Retain, and the same Tenant made again',
      `left: ${left.objects.length} objects (the database, its claim, ${Object.keys(secrets).length} Secrets among them), its volume, ${left.backups} files of backups; no count of ${TABLES.length} tables fell`,
      tenths(ready),
      tenths(gap),
    ])
    notes.push(
      `Deleted with Retain, before and after: ${beforeAndAfter(waiting, after)}. Monitors go on with the accounts that they had, so that there are more readings and no more monitors.`,
    )
    recordRows()
    expect(left.objects).toContain('management: StatefulSet/database')
    expect(left.objects).toContain('management: PersistentVolumeClaim/data-database-0')
    expect(left.volume).toBeDefined()
    expect(after.monitor).toBe(waiting.monitor)
    const fallen = TABLES.filter(table => (after[table] ?? 0) < (waiting[table] ?? 0))
    expect(fallen).toEqual([])
    expect(changed(secrets, await hashesOf(NAMESPACE)), 'the same passwords').toEqual([])
  })

  it('stored every report exactly once, through all of it', { timeout: 600_000 }, async () => {
    const verdicts = await load.prove()
    notes.push(...verdicts.map(lineOf))
    recordRows()
    expect(verdicts.filter(({ holds }) => !holds)).toEqual([])
  })

  it('deleted with Delete, and nothing is left', { timeout: 900_000 }, async () => {
    await patchPolicy('Delete')
    const before = await leftOf(platform, TENANT)
    const since = Date.now()
    await management.kubectl(['delete', 'tenant', TENANT.name, '--timeout=600s'])
    const gone = secondsSince(since)
    await until('its volume is gone', async () => {
      const { objects, volume } = await leftOf(platform, TENANT)
      return objects.length === 0 && !volume ? undefined : `${objects} ${volume ?? ''}`
    }).catch(() => undefined)
    const after = await leftOf(platform, TENANT)
    rows.push([
      'deleted with Delete',
      `${before.objects.length} objects before and ${after.objects.length} after, in both clusters; ${after.volume ? 'the volume is left' : 'no folder of a volume'}; ${after.backups} files of backups, the final one among them, stay in the bucket`,
      tenths(gone),
      '-',
    ])
    notes.push(
      'With Delete the backups stay as long as the rules of the bucket say: a tenant that was deleted by mistake can be restored into a new one. All else is looked for by namespace, label and name, in every kind that the API servers list.',
    )
    recordRows()
    expect(after.objects).toEqual([])
    expect(after.volume).toBeUndefined()
    expect(await nobodyAnswers()).toBe(true)
  })

  /** The status says so together with what became of the pods. */
  async function whyNotRotated(): Promise<string | undefined> {
    const { metadata, status } = await readTenant(platform, TENANT.name)
    const asked = metadata.annotations?.['platen.dev/rotate']
    return status.handledRotation === asked ? undefined : `${status.handledRotation} is done`
  }

  async function patchPolicy(deletionPolicy: 'Delete' | 'Retain'): Promise<void> {
    const patch = JSON.stringify({ spec: { deletionPolicy } })
    await management.kubectl(['patch', 'tenant', TENANT.name, '--type=merge', '-p', patch])
    const { metadata } = tenantObject(TENANT)
    await until('the operator has seen it', async () => {
      const { spec } = await readTenant(platform, metadata.name)
      return spec.deletionPolicy === deletionPolicy ? undefined : spec.deletionPolicy
    })
  }

  async function nobodyAnswers(): Promise<boolean> {
    const place = await placeOf(TENANT, management)
    return await post(place, '/graphql', { query: '{ __typename }' }).then(
      () => false,
      () => true,
    )
  }
})

function recordRows(): void {
  record({
    section: 'Day two',
    reason: `What a platform team does to a tenant in the long run costs no report: ${MONITORS} monitors send ${RATE} numbered reports a second each through the edge all the while. Ready: from the command until all conditions are true again, or the Tenant is gone. Longest gap: for which one monitor had nothing stored; what it made meanwhile waited in its outbox.`,
    command: 'npm run test:e2e -- day-two',
    table: [['what', 'seen', 'ready after s', 'longest gap s'], ...rows],
    notes,
  })
}
