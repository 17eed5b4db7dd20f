import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Entry, parseLine, readLedgerFile } from '@platen/ledger'
import type { TenantPlan } from '../../cluster/platform/places.ts'
import { run } from '../../cluster/run.ts'
import { until } from '../../cluster/wait.ts'
import type { Plugin } from '../../kubectl/support/plugin.ts'
import type { Platform } from '../platform.ts'
import { readRegion, readTenant } from '../support/conditions.ts'
import { edgeOption } from '../support/plugin.ts'

/** What the ledger has to say of a violation: that it began, why, and that it ended. */
export interface Expected {
  /** ms since 1970 before which entries do not count. */
  since: number
  reason: RegExp
}

export interface Proved {
  /** Numbers of the two entries. */
  violated: number
  verified: number
  entries: number
}

/** Somebody outside of the platform: with a copy of the keys from before, and a folder for exports. */
export interface Auditor {
  folder: string
  keys: string
}

export async function noteKeys(
  platform: Platform,
  { region }: TenantPlan,
  folder: string,
): Promise<Auditor> {
  const { status } = await readRegion(platform, region.name)
  const keys = join(folder, 'keys.json')
  writeFileSync(keys, JSON.stringify(status.ledgerKeys))
  return { folder, keys }
}

interface Parties {
  platform: Platform
  plugin: Plugin
  auditor: Auditor
}

/**
 * Exports the whole ledger from the tenant's API, has `npm run verify-ledger` check it against the auditor's keys and the
 * head of now, and waits until it says what it has to.
 */
export async function proveLedger(
  parties: Parties,
  tenant: TenantPlan,
  expected: Expected,
): Promise<Proved> {
  let proved: Proved | undefined
  await until(`the ledger of ${tenant.name} says it`, async () => {
    const entries = await verifiedEntries(parties, tenant)
    proved = saying(entries, expected)
    return proved ? undefined : `its newest entry is ${JSON.stringify(entries.at(-1))}`
  })
  return proved as Proved
}

async function verifiedEntries(
  { platform, plugin, auditor }: Parties,
  tenant: TenantPlan,
): Promise<Entry[]> {
  const file = join(auditor.folder, `${tenant.name}.jsonl`)
  const { status } = await readTenant(platform, tenant.name)
  const exported = await plugin.run([
    'ledger',
    tenant.name,
    '--output',
    file,
    ...edgeOption(tenant),
  ])
  if (exported.status !== 0 || !exported.err.includes('the whole ledger')) {
    throw new Error(exported.err)
  }
  const options = ['--keys', auditor.keys, '--head', status.residency.head, '--tenant', tenant.name]
  await run('npm', ['run', '--silent', 'verify-ledger', file, '--', ...options])
  return readLedgerFile(readFileSync(file)).lines.map(entryOf)
}

function entryOf(text: string): Entry {
  const line = parseLine(text)
  if (typeof line === 'string') throw new Error(`cannot read an entry of the ledger: ${line}`)
  return line.entry
}

/** Undefined: not yet. Entries say whole seconds. */
export function saying(entries: Entry[], { since, reason }: Expected): Proved | undefined {
  const isNew = ({ at }: Entry) => Date.parse(at) >= Math.floor(since / 1000) * 1000
  const violated = entries.find(
    entry =>
      isNew(entry) && entry.verdict === 'violated' && entry.reasons.some(one => reason.test(one)),
  )
  const verified = entries.find(
    ({ sequence, verdict }) =>
      verdict === 'verified' && sequence > (violated?.sequence ?? Infinity),
  )
  if (!violated || !verified) return undefined
  return { violated: violated.sequence, verified: verified.sequence, entries: entries.length }
}
