import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MANAGEMENT } from '../cluster/clusters.ts'
import { until } from '../cluster/wait.ts'
import type { Plugin } from '../kubectl/support/plugin.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { record } from './evidence/evidence.ts'
import { closeTenants, openTenants, planOf } from './faults/tenants.ts'
import { beforeAndAfter, countsOf } from './load/counts.ts'
import { startLoad } from './load/load.ts'
import { untilReported } from './load/until-reported.ts'
import { openPlatform } from './platform.ts'
import { nodeAbroad } from './residency/abroad.ts'
import { closeDoor, openDoor, refusalOf, refusalOfEdit } from './residency/door.ts'
import { type Auditor, noteKeys, proveLedger } from './residency/ledger.ts'
import { HOME, type Strike, strikesOn } from './residency/strikes.ts'
import { firstAfter, type Moment, type Watch, watchTenant } from './residency/watch.ts'
import { type Account, enrol, logIn } from './support/account.ts'
import { conditionIn, readTenant, untilReady } from './support/conditions.ts'
import { openPlugin, platen } from './support/plugin.ts'
import { secondsUntil, tenths } from './support/stopwatch.ts'

/** Within which a violation has to be seen, and ingest closed. */
const WITHIN_S = 30
/** The Region's other country: backups of acme, which is in Germany, are in the same bucket. */
const TENANT = planOf('abroad', 'AT')
const HEAD = [
  'case',
  'at the door',
  'caught after s',
  'ingest closed after s',
  'ledger: violated, verified again',
  'verified offline',
  'open again after s',
]

const platform = openPlatform()
const management = platform.cluster(MANAGEMENT)
const strikes = strikesOn(platform, TENANT)
const refused = strikes.flatMap(strike => strike.refused ?? [])
const rows: string[][] = []
const notes: string[] = []
let plugin: Plugin
let auditor: Auditor
let account: Account
let watch: Watch
const folder = temporaryDirectory()

beforeAll(async () => {
  plugin = await openPlugin(platform)
  await openTenants(platform, [TENANT])
  await untilReady(platform, TENANT.name)
  auditor = await noteKeys(platform, TENANT, folder.path)
  account = await enrol(platform, TENANT)
  watch = watchTenant(platform, TENANT)
  await management.kubectl(['apply', '-f', '-'], { input: [nodeAbroad] })
}, 900_000)
afterAll(async () => {
  watch?.[Symbol.dispose]()
  await closeTenants(platform, [TENANT])
  await management.kubectl(['delete', 'node', nodeAbroad.metadata.name, '--ignore-not-found'])
  plugin?.[Symbol.dispose]()
  folder[Symbol.dispose]()
}, 600_000)

const isIn = async () => (await logIn(platform, TENANT, account)) === 'answered'

function untilShutOut(since: number): Promise<number> {
  return secondsUntil(since, 'no monitor gets in', async () =>
    (await isIn()) ? 'one gets in' : undefined,
  )
}

/** Seconds from `since` until the API server told such a moment. */
async function untilSeen(moments: Moment[], since: number, says: RegExp): Promise<number> {
  await until(`${says} is said`, async () =>
    firstAfter(moments, since, says) ? undefined : moments.at(-1)?.said,
  )
  return ((firstAfter(moments, since, says)?.at ?? Number.NaN) - since) / 1000
}

/** In seconds, from the moment at which the violation stood. */
interface Caught {
  caught: number
  closed: number
}

/** What the operator itself mends stands too shortly for a monitor to be kept out: a new pod may serve before it asks. */
async function untilCaught(since: number, { says, undo }: Strike): Promise<Caught> {
  const [caught, emptied, shutOut] = await Promise.all([
    untilSeen(watch.verdicts, since, new RegExp(`^False Violated .*${says.source}`)),
    untilSeen(watch.replicas, since, /^0$/),
    undo ? untilShutOut(since) : 0,
  ])
  return { caught, closed: Math.max(emptied, shutOut) }
}

function untilOpen(since: number): Promise<number> {
  return secondsUntil(since, 'all is verified and a monitor gets in', async () => {
    const said = conditionIn(await readTenant(platform, TENANT.name), 'ResidencyVerified')
    if (!said.startsWith('True')) return said
    return (await isIn()) ? undefined : 'no monitor gets in'
  })
}

describe('the second line: whatever stands abroad closes ingest', () => {
  const doors = new Map<string, string>()

  beforeAll(async () => {
    for (const strike of strikes) doors.set(strike.name, await doorOf(strike))
    await openDoor(platform, refused)
  })
  afterAll(() => closeDoor(platform, refused))

  async function doorOf({ refused: objects, edit }: Strike): Promise<string> {
    if (!objects && !edit) return 'no rule about it'
    const said = objects ? await refusalOf(platform, objects) : await refusalOfEdit(platform, edit)
    return said === undefined ? 'taken' : `refused: ${said}`
  }

  it.each(strikes)('$name', { timeout: 900_000 }, async strike => {
    const { since, caught, closed, opened } = await strikeAndUndo(strike)
    const parties = { platform, plugin, auditor }
    const proved = await proveLedger(parties, TENANT, { since, reason: strike.says })
    rows.push([
      strike.name,
      doors.get(strike.name) ?? '',
      tenths(caught),
      tenths(closed),
      `entries ${proved.violated} and ${proved.verified}`,
      `all ${proved.entries} entries`,
      tenths(opened),
    ])
    recordRows()
    expect(doors.get(strike.name)).not.toBe('taken')
    expect(caught).toBeLessThan(WITHIN_S)
    expect(closed).toBeLessThan(WITHIN_S)
  })

  async function strikeAndUndo(one: Strike) {
    const { strike, undo } = one
    expect(await logIn(platform, TENANT, account), 'before').toBe('answered')
    let since = Date.now()
    let seen: Caught
    let undoneAt = since
    try {
      since = await strike()
      seen = await untilCaught(since, one)
    } finally {
      undoneAt = undo ? Date.now() : since
      await undo?.()
    }
    return { since, ...seen, opened: await untilOpen(undoneAt) }
  }
})

describe('a database from a foreign backup', () => {
  beforeAll(fill, 300_000)

  /** So that a restore would have something to lose. */
  async function fill(): Promise<void> {
    await using load = await startLoad(platform, TENANT, { monitors: 2, rate: 2 })
    await untilReported(load, Date.now())
    const lost = (await load.prove()).filter(({ holds }) => !holds)
    expect(lost).toEqual([])
  }

  it('is refused, and the data is as it was', { timeout: 900_000 }, async () => {
    await platen(plugin, 'backup', 'acme', '--wait')
    const before = await countsOf(platform, TENANT)
    const acme = await readTenant(platform, 'acme')
    const to = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
    const asked = ['restore', TENANT.name, '--to', to, '--from', 'acme', '--yes']
    const { status, err } = await plugin.run(asked)
    const sentence = err.split('\n').find(line => line.startsWith('cannot restore')) ?? err

    const since = Date.now()
    const restore = { to, from: { tenant: 'acme', uid: acme.metadata.uid } }
    const patch = JSON.stringify({ spec: { restore } })
    await management.kubectl(['patch', 'tenant', TENANT.name, '--type=merge', '-p', patch])
    const [said, closed] = await Promise.all([untilRefused(since), untilShutOut(since)])
    const opened = await secondsUntil(since, 'a monitor gets in', async () =>
      (await isIn()) ? undefined : 'none gets in',
    )
    const after = await countsOf(platform, TENANT)
    rows.push([
      "spec.restore names the backup of another country's tenant",
      `refused by kubectl platen: ${sentence}`,
      `${tenths(said.seconds)}: ${said.sentence}`,
      tenths(closed),
      'none: nothing came in',
      '-',
      tenths(opened),
    ])
    notes.push(
      `Rows of the tenant that was to be restored, before and after: ${beforeAndAfter(before, after)}.`,
    )
    recordRows()
    expect(status).not.toBe(0)
    expect(sentence).toContain('the data is of DE, and stays there')
    expect(said.sentence).toContain('the backup is of the country DE, and this tenant of AT')
    expect(said.seconds).toBeLessThan(WITHIN_S)
    expect(closed).toBeLessThan(WITHIN_S)
    expect(before.meter_reading, 'it has data of its own').toBeGreaterThan(0)
    expect(after).toEqual(before)
  })

  /** By the container that would have restored it. */
  async function untilRefused(since: number): Promise<{ seconds: number; sentence: string }> {
    let sentence = ''
    const seconds = await secondsUntil(since, 'the restore is refused', async () => {
      const { status } = await readTenant(platform, TENANT.name)
      sentence = status.restore?.message ?? ''
      return status.restore?.state === 'Refused' ? undefined : `${status.restore?.state}`
    })
    return { seconds, sentence }
  }
})

function recordRows(): void {
  record({
    section: 'Residency on the real thing',
    reason: `What lies abroad, or could get there, is refused by the API server. Where it stands all the same, because somebody took the rules away, the operator sees it, closes ingest, so that monitors hold their data, and signs what it saw; when it is right again, it opens by itself. Everything is counted from the moment at which the violation stood (for the object store: from the moment at which the store answered again); closed means that no pod of ingest is wanted and, unless the operator itself mends what is wrong, that a monitor with a good password cannot log in through the edge.`,
    command: 'npm run test:e2e -- residency',
    table: [HEAD, ...rows],
    notes: [
      `The node of another region is nothing but a Node object with the label of another place: each cluster has one machine. The pod on it was made by the Deployment's own ReplicaSet, and never started, because there is no kubelet.`,
      `The rules at the door are the region's admission policies. Their bindings were deleted, and the Region paused, so that the operator did not put them back.`,
      `The node whose label changes is the only one of the cluster: all tenants of the Region were closed with it, and opened again when the label was ${HOME} again.`,
      'The volume that was restored by hand is a PersistentVolume that names another place, with the claim that takes it. Nothing in a database says of which country it is: what is checked is where its volume lies, where it came from, and of whom a backup is.',
      `The policy of the operator's own that was widened is mended by the operator, so that it opens without anybody's help.`,
      "Verified offline: `npm run verify-ledger` on the export of the whole ledger from the tenant's API, with a copy of the region's public keys from before the first case, and the head that the Tenant published.",
      ...notes,
    ],
  })
}
