import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { describeKubernetes, type KubeObject } from '../../kubernetes/index.ts'
import type { LogLine } from '../../support/process.ts'
import { type Platform, regionNamed, startPlatform, tenantNamed } from '../support/index.ts'
import { DE, REGION_LABEL } from '../support/objects.ts'
import { clone, nodeAbroad, noSecretsIn, podAbroad, volumeAbroad, wayOut } from './abroad.ts'
import { copyCredentials, ledgerOf, ledgerSays, seen, type TenantSeen, WITHIN } from './country.ts'
import { BROKEN, brokenOnes, removeRules } from './rules.ts'

const IN_DE = ['schedule', 'restore', 'clone', 'send', 'moved', 'lost', 'edited', 'hindered']
const NODES = [`${DE.place}-1`, `${DE.place}-2`]

/** One platform for all; each case has tenants of its own, but for the last ones, which move the nodes of all. */
describeKubernetes('abroad, with a running operator', () => {
  let platform: Platform
  const logs: LogLine[][] = []

  const kubectl = (...args: string[]) => platform.kubectl(...args)
  const create = (...input: object[]) => platform.de.plane.kubectl(['create', '-f', '-'], { input })

  async function until(name: string, wanted: Partial<Record<keyof TenantSeen, unknown>>) {
    await vi.waitFor(
      async () => expect(await seen(platform, name), name).toMatchObject(wanted),
      WITHIN,
    )
  }

  const isOpen = (name: string) =>
    until(name, { residency: expect.stringMatching(/^True/), ingest: 1 })
  const isClosed = (name: string, why: RegExp) =>
    until(name, {
      residency: expect.stringMatching(new RegExp(`^False Violated .*${why.source}`)),
      ingest: 0,
    })

  const sent = ['CronJob backup', 'NetworkPolicy database-backup']

  async function startOperator(): Promise<void> {
    logs.push((await platform.startOperator()).log)
  }

  beforeAll(async () => {
    platform = await startPlatform({ name: 'residency' })
    await copyCredentials(platform, 'vault')
    await platform.apply(
      nodeAbroad,
      regionNamed('de'),
      regionNamed('vault', { backup: platform.backup }),
      ...IN_DE.map(name => tenantNamed(name, { regionRef: { name: 'de' } })),
      tenantNamed('backup', { regionRef: { name: 'vault' } }),
      ...brokenOnes(),
    )
    await startOperator()
    for (const name of [...IN_DE, 'backup', ...BROKEN.map(({ tenant }) => tenant)])
      await platform.untilCondition(name, 'ResidencyVerified', 'True')
  }, 240_000)
  afterAll(() => platform?.[Symbol.asyncDispose]())

  describe('at the door', () => {
    it.concurrent.each([
      {
        why: 'A pod that goes past the scheduler.',
        objects: [podAbroad('schedule')],
        says: /cannot run this pod here/,
      },
      {
        why: 'A claim that takes a restored volume.',
        objects: volumeAbroad('restore').filter(({ kind }) => kind !== 'PersistentVolume'),
        says: /cannot make this claim/,
      },
      {
        why: 'A claim that copies another one.',
        objects: [clone('clone')],
        says: /cannot make this claim/,
      },
      {
        why: 'A policy that lets everything out.',
        objects: [wayOut('send')],
        says: /cannot change network policies here/,
      },
    ])('refused: $why', async ({ objects, says }) => {
      await expect(create(...objects)).rejects.toThrow(says)
    })

    it.concurrent.each(IN_DE)('The ledger of %s is signed, and begins verified.', name =>
      ledgerSays(platform, name, { verdict: 'verified' }),
    )

    it.concurrent('A bucket inside the region is what the ledger says.', () =>
      ledgerSays(platform, 'backup', {
        region: 'vault',
        verdict: 'verified',
        facts: { backup: platform.backup.location },
      }))

    it.concurrent('Backups are made there.', () => until('backup', { backups: sent }))
  })

  describe('without the rules at the door', () => {
    beforeAll(async () => {
      // Otherwise it would put them back at once.
      await platform.annotate('region/de', 'platen.dev/paused', 'yes')
      await platform.untilRegionCondition('de', 'Paused', 'True')
      // The operator puts back what somebody deletes of them, but not what the API server does without.
      await platform.de.plane.restartApiServer({
        'disable-admission-plugins': 'ValidatingAdmissionPolicy',
      })
      const attempts = [podAbroad('schedule'), clone('clone')]
      await vi.waitFor(
        () =>
          platform.de.plane.kubectl(['create', '--dry-run=server', '-f', '-'], { input: attempts }),
        WITHIN,
      )
    }, 120_000)

    it.concurrent.each([
      {
        tenant: 'schedule',
        why: 'A pod abroad closes the stack until it is gone.',
        objects: [podAbroad('schedule')],
        says: /a pod of .* is in us-east, not in eu-central-1/,
        undo: ['pod/helper', '--force'],
      },
      {
        tenant: 'restore',
        why: 'A volume abroad closes the stack until nothing uses it.',
        objects: volumeAbroad('restore'),
        says: /restored can be in us-east/,
        undo: ['persistentvolumeclaim/restored'],
      },
      {
        tenant: 'clone',
        why: 'A copy of a volume closes the stack until it is gone.',
        objects: [clone('clone')],
        says: /clone is filled from a snapshot or another volume/,
        undo: ['persistentvolumeclaim/clone'],
      },
    ])(
      'caught: $why',
      async ({ tenant, objects, says, undo }) => {
        await create(...objects)
        await isClosed(tenant, says)
        await ledgerSays(platform, tenant, { verdict: 'violated' })
        await kubectl('delete', '-n', `tenant-${tenant}`, ...undo)
        await isOpen(tenant)
        await ledgerSays(platform, tenant, { verdict: 'verified' })
      },
      240_000,
    )

    it.concurrent('A stack is closed though a later step fails all the time.', async () => {
      await create(noSecretsIn('tenant-hindered'))
      const oneMore = ['create', 'secret', 'generic', 'any', '-n', 'tenant-hindered']
      const tried = () => expect(kubectl(...oneMore, '--dry-run=server')).rejects.toThrow('quota')
      await vi.waitFor(tried, WITHIN)
      await kubectl('delete', 'secret/component', '-n', 'tenant-hindered')
      await platform.untilCondition('hindered', 'Ready', 'False', /ReconcileFailed/)
      await create(podAbroad('hindered'))
      await isClosed('hindered', /is in us-east/)
      await ledgerSays(platform, 'hindered', { verdict: 'violated' })
      await kubectl('delete', '-n', 'tenant-hindered', 'resourcequota/none')
      await kubectl('delete', '-n', 'tenant-hindered', 'pod/helper', '--force')
      await isOpen('hindered')
    }, 240_000)
  })

  describe('without the rules of the CRDs', () => {
    const workloads = async (name: string) => {
      const kinds = 'statefulsets,deployments'
      const all = await kubectl('get', kinds, '-n', `tenant-${name}`, '-o', 'json')
      const items: KubeObject[] = JSON.parse(all).items
      const others = items.filter(({ metadata }) => metadata.name !== 'ingest')
      return others.map(({ metadata }) => [metadata.uid, metadata.generation])
    }

    beforeAll(() => removeRules(platform))

    it.concurrent.each(BROKEN)(
      'closed: $why',
      async ({ tenant, change, refused, violated }) => {
        const before = await workloads(tenant)
        await vi.waitFor(() => change(platform), WITHIN)
        await isClosed(tenant, violated)
        await until(tenant, { accepted: expect.stringMatching(refused) })
        const region = tenant === 'shrunk' ? 'shrinking' : 'de'
        await ledgerSays(platform, tenant, { region, verdict: 'violated' })
        expect(await workloads(tenant), 'the data stays where it is').toEqual(before)
      },
      240_000,
    )

    it('A stack that is closed is not written to any more.', async () => {
      await platform.untilQuiet(5_000)
    }, 120_000)

    it.concurrent.each(BROKEN)(
      'opens again: $why',
      async ({ tenant, undo }) => {
        await undo(platform)
        await isOpen(tenant)
        await until(tenant, { accepted: 'True Accepted' })
        const region = tenant === 'shrunk' ? 'shrinking' : 'de'
        await ledgerSays(platform, tenant, { region, verdict: 'verified' })
      },
      240_000,
    )

    it('Nothing is said of a Tenant that is paused, and it is looked at again afterwards.', async () => {
      await platform.annotate('tenant/clone', 'platen.dev/paused', 'yes')
      await until('clone', { residency: expect.stringMatching(/^Unknown Paused/), ingest: 1 })
      expect((await platform.see('tenant/clone'))?.status.residency.verified).toBe('Unknown')
      await platform.annotate('tenant/clone', 'platen.dev/paused')
      await isOpen('clone')
    }, 120_000)
  })

  describe('what an operator finds when it starts', () => {
    let before: Awaited<ReturnType<typeof ledgerOf>>

    beforeAll(async () => {
      await platform.stopOperator()
      await create(wayOut('send'))
      await platform.annotate('region/de', 'platen.dev/paused')
      before = await ledgerOf(platform, 'edited')
      const edited = before.lines.map(line => line.replace(`"${DE.place}":`, '"eu-fr":'))
      const data = { 'entries.jsonl': `${edited.join('\n')}\n` }
      const ledger = ['configmap', 'residency-ledger', '-n', 'tenant-edited']
      await kubectl('patch', ...ledger, '--type=merge', '-p', JSON.stringify({ data }))
      expect((await ledgerOf(platform, 'edited')).findings).toMatchObject([
        { kind: 'wrong-signature' },
        { kind: 'empty' },
      ])
      await platform.patch('tenant/moved', { country: 'AT' })
      await platform.patch('tenant/lost', { regionRef: { name: 'vault' } })
      const none = JSON.stringify([{ op: 'remove', path: '/status' }])
      for (const name of ['moved', 'lost'])
        await kubectl('patch', 'tenant', name, '--subresource=status', '--type=json', '-p', none)
      platform.store.answer.raw = { status: 503, body: '' }
      const key = { id: 'old', publicKey: 'no key', since: '2026-01-01T00:00:00Z' }
      const unreadable = JSON.stringify([{ op: 'add', path: '/status/ledgerKeys/-', value: key }])
      await kubectl(
        ...[
          'patch',
          'region',
          'shrinking',
          '--subresource=status',
          '--type=json',
          '-p',
          unreadable,
        ],
      )
      await create(podAbroad('shrunk'))
      await startOperator()
    }, 120_000)

    it.concurrent('A policy of somebody else closes the stack.', async () => {
      await isClosed('send', /network policy way-out is not as the operator made it/)
      await ledgerSays(platform, 'send', { verdict: 'violated' })
    }, 120_000)

    it.concurrent('A ledger that cannot be read holds up no verdict, and is told.', async () => {
      await isClosed('shrunk', /is in us-east.*cannot read the key old: it is no public key/)
    }, 120_000)

    it.concurrent('An edited ledger is mended from what was signed.', async () => {
      await ledgerSays(platform, 'edited', { verdict: 'verified' })
      // The chain goes on from the head that the status published.
      expect((await ledgerOf(platform, 'edited')).newest).toMatchObject({
        sequence: (before.newest?.sequence ?? 0) + 1,
        previous: before.to?.hash,
      })
    }, 120_000)

    it.concurrent.each([
      { tenant: 'moved', refused: /CountryChanged/, says: /is DE according to its namespace/ },
      { tenant: 'lost', refused: /RegionChanged .* to de again/, says: /is de according to its/ },
    ])(
      'The stack of $tenant is closed where it is, though only its namespace remembers.',
      async ({ tenant, refused, says }) => {
        await isClosed(tenant, says)
        await until(tenant, { accepted: expect.stringMatching(refused) })
        await ledgerSays(platform, tenant, { verdict: 'violated' })
        const path = `/api/v1/namespaces/tenant-${tenant}`
        const { metadata } = await platform.de.plane.rest.call('GET', path)
        expect(metadata.annotations).toMatchObject({
          'platen.dev/country': 'DE',
          'platen.dev/region': 'de',
        })
      },
      120_000,
    )

    it.concurrent('An object store that is away closes nothing, and opens nothing.', async () => {
      const { answer } = platform.store
      const home = answer.location
      const away = { status: 503, body: '' }
      await until('backup', { residency: expect.stringMatching(/^Unknown .* 503/), ingest: 1 })
      await until('backup', { backups: sent })

      delete answer.raw
      answer.location = 'us-west-2'
      await platform.touch('region/vault')
      await isClosed('backup', /is in us-west-2, not in/)
      await until('backup', { backups: [] })
      await ledgerSays(platform, 'backup', {
        region: 'vault',
        verdict: 'violated',
        facts: { backup: 'us-west-2' },
      })

      answer.raw = away
      await platform.touch('region/vault')
      await isClosed('backup', /it was violated before/)
      await until('backup', { backups: [] })

      delete answer.raw
      answer.location = home
      await platform.touch('region/vault')
      await isOpen('backup')
      await until('backup', { backups: sent })
      await ledgerSays(platform, 'backup', { region: 'vault', verdict: 'verified' })

      // What the store said of one bucket says nothing about another, and it is asked at once.
      await platform.patch('region/vault', { backup: { bucket: 'another' } })
      await until('backup', { residency: expect.stringMatching(/^Unknown .* the bucket another/) })
      await until('backup', { backups: [] })

      // The last backup has to go somewhere.
      await platform.patch('tenant/backup', { deletionPolicy: 'Delete' })
      await kubectl('delete', 'tenant/backup', '--wait=false')
      const waiting = /FinalBackup cannot make the final backup: the object store of Region vault/
      await platform.untilCondition('backup', 'Deleting', 'True', waiting)
      await platform.patch('region/vault', { backup: { bucket: platform.backup.bucket } })
      await platform.untilGone('tenant/backup')
    }, 240_000)
  })

  it('opens again when the policy of somebody else is gone', async () => {
    await kubectl('delete', '-n', 'tenant-send', 'networkpolicy/way-out')
    // It would look again within a minute by itself.
    await startOperator()
    await isOpen('send')
  }, 180_000)

  it.each([
    {
      why: 'A node that is relabelled is abroad, with all that is on it.',
      label: `${REGION_LABEL}=us-east`,
      says: /is in us-east, not in eu-central-1/,
    },
    {
      why: 'A node without the label is nowhere.',
      label: `${REGION_LABEL}-`,
      says: /on a node without the label/,
    },
  ])(
    'caught: $why',
    async ({ label, says }) => {
      await kubectl('label', '--overwrite', 'node', ...NODES, label)
      for (const name of ['schedule', 'restore']) await isClosed(name, says)
      await ledgerSays(platform, 'schedule', { verdict: 'violated' })
      await kubectl('label', '--overwrite', 'node', ...NODES, `${REGION_LABEL}=${DE.place}`)
      for (const name of ['schedule', 'restore']) await isOpen(name)
      await ledgerSays(platform, 'schedule', { verdict: 'verified' })
    },
    240_000,
  )

  it('The ledger tells it all, and names no node; the credentials are in no log.', async () => {
    const ledger = await ledgerOf(platform, 'schedule')
    expect(ledger.verdicts.violated).toBe(3)
    expect(ledger.lines.join('')).not.toMatch(new RegExp(['abroad', ...NODES].join('|')))
    expect(JSON.stringify(logs)).toContain('leads')
    expect(JSON.stringify(logs)).not.toContain('nobody-shall-read-this')
  })
})
