import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { describeKubernetes } from '../../kubernetes/index.ts'
import { clone, podAbroad, volumeAbroad, wayOut } from './abroad.ts'
import {
  type Country,
  LABEL,
  ledgerOf,
  regionNamed,
  startCountry,
  type TenantSeen,
  tenantNamed,
} from './country.ts'

const TENANTS = ['schedule', 'restore', 'clone', 'send', 'moved', 'edited']
const WITHIN = { timeout: 60_000, interval: 250 }

describeKubernetes('abroad, with a running operator', () => {
  let country: Country

  const kubectl = (...args: string[]) => country.cluster.kubectl(args)
  const apply = (...input: object[]) => country.cluster.kubectl(['apply', '-f', '-'], { input })

  async function until(name: string, wanted: Partial<TenantSeen>): Promise<TenantSeen> {
    return await vi.waitFor(async () => {
      const seen = await country.tenant(name)
      expect(seen).toMatchObject(wanted)
      return seen
    }, WITHIN)
  }

  const isOpen = (name: string) => until(name, { verified: 'True', ingest: 1 })
  const isClosed = (name: string, why: RegExp) =>
    until(name, { verified: 'False', ingest: 0, message: expect.stringMatching(why) })

  async function ledgerSays(name: string, verdict: string): Promise<void> {
    await vi.waitFor(async () => {
      const ledger = await ledgerOf(country, name)
      expect(ledger.findings.filter(({ severity }) => severity === 'error')).toEqual([])
      expect(ledger.newest?.verdict).toBe(verdict)
    }, WITHIN)
  }

  beforeAll(async () => {
    country = await startCountry()
    await apply(regionNamed('de'), ...TENANTS.map(name => tenantNamed(name)))
    await country.startOperator()
    try {
      for (const name of TENANTS) await isOpen(name)
    } catch (error) {
      throw new Error(`${readFileSync(country.logFile, 'utf8').slice(-3000)}`, { cause: error })
    }
  }, 240_000)
  afterAll(() => country?.[Symbol.asyncDispose]())

  const bad = (tenant: string) =>
    ({
      schedule: [podAbroad(tenant)],
      restore: volumeAbroad(tenant),
      clone: [clone(tenant)],
      send: [wayOut(tenant)],
    })[tenant] ?? []

  it.each([
    {
      tenant: 'schedule',
      why: 'A pod that goes past the scheduler.',
      says: /cannot run this pod here/,
    },
    {
      tenant: 'restore',
      why: 'A claim that takes a restored volume.',
      says: /cannot make this claim/,
    },
    { tenant: 'clone', why: 'A claim that copies another one.', says: /cannot make this claim/ },
    {
      tenant: 'send',
      why: 'A policy that lets everything out.',
      says: /cannot change network policies here/,
    },
  ])('refused at the door: $why', async ({ tenant, says }) => {
    // The operator itself runs as the administrator here, so somebody else has to try.
    const kubeconfig = await country.cluster.userKubeconfig({
      user: 'someone',
      groups: ['system:masters'],
    })
    const input = bad(tenant).filter(({ kind }) => kind !== 'PersistentVolume')
    const tried = country.cluster.kubectl(['create', '-f', '-'], { input, kubeconfig })
    await expect(tried).rejects.toThrow(says)
  })

  it('a ledger that begins is signed and verified', async () => {
    for (const name of TENANTS) await ledgerSays(name, 'verified')
  })

  it('without the rules at the door', async () => {
    await kubectl('delete', 'validatingadmissionpolicybindings', '--all')
    await vi.waitFor(
      () =>
        country.cluster.kubectl(['create', '--dry-run=server', '-f', '-'], {
          input: [podAbroad('schedule')],
        }),
      WITHIN,
    )
  })

  it.each([
    {
      tenant: 'schedule',
      why: 'A pod abroad closes the stack until it is gone.',
      says: /a pod of .* is in us-east, not in eu-de/,
      undo: ['pod/helper', '--force'],
    },
    {
      tenant: 'restore',
      why: 'A volume abroad closes the stack until nothing uses it.',
      says: /restored can be in us-east/,
      undo: ['persistentvolumeclaim/restored'],
    },
    {
      tenant: 'clone',
      why: 'A copy of a volume closes the stack until it is gone.',
      says: /clone is filled from a snapshot or another volume/,
      undo: ['persistentvolumeclaim/clone'],
    },
  ])(
    'caught: $why',
    async ({ tenant, says, undo }) => {
      await apply(...bad(tenant))
      await isClosed(tenant, says)
      await ledgerSays(tenant, 'violated')
      await kubectl('delete', '-n', `tenant-${tenant}`, ...undo)
      await isOpen(tenant)
      await ledgerSays(tenant, 'verified')
    },
    120_000,
  )

  it('A country that changes without the rule of the CRD is refused, and nothing moves.', async () => {
    const crd = JSON.parse(await kubectl('get', 'crd', 'tenants.platen.dev', '-o', 'json'))
    const { country: schema } =
      crd.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties
    delete schema['x-kubernetes-validations']
    delete crd.spec.versions[0].schema.openAPIV3Schema.properties.spec['x-kubernetes-validations']
    await country.cluster.kubectl(['replace', '-f', '-'], { input: [crd] })
    const change = JSON.stringify({ spec: { country: 'AT' } })
    await vi.waitFor(
      () => kubectl('patch', 'tenant', 'moved', '--type=merge', '-p', change),
      WITHIN,
    )
    await until('moved', { accepted: 'CountryChanged' })
    // Also when nothing but the namespace remembers.
    await country.stopOperator()
    await kubectl(
      'patch',
      'tenant',
      'moved',
      '--subresource=status',
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/status"}]',
    )
    await country.startOperator()
    await until('moved', { accepted: 'CountryChanged' })
    const { metadata } = await country.cluster.rest.call('GET', '/api/v1/namespaces/tenant-moved')
    expect(metadata.annotations['platen.dev/country']).toBe('DE')
  }, 120_000)

  it('A policy of somebody else is found when the operator starts and every hour, and its end within a minute.', async () => {
    await country.stopOperator()
    await apply(wayOut('send'))
    await country.startOperator()
    await isClosed('send', /NetworkPolicy way-out in the tenant's namespace is not the operator's/)
    await ledgerSays('send', 'violated')
    await kubectl('delete', '-n', 'tenant-send', 'networkpolicy/way-out')
    await vi.waitFor(() => isOpen('send'), { timeout: 90_000 })
  }, 240_000)

  it('A ledger that somebody edits does not verify, and is mended from what was signed.', async () => {
    await country.stopOperator()
    const before = await ledgerOf(country, 'edited')
    const edited = before.lines.map(line => line.replace('"eu-de":', '"eu-fr":')).join('\n')
    const change = JSON.stringify({ data: { 'entries.jsonl': `${edited}\n` } })
    await kubectl(
      'patch',
      'configmap',
      'residency-ledger',
      '-n',
      'tenant-edited',
      '--type=merge',
      '-p',
      change,
    )
    expect((await ledgerOf(country, 'edited')).findings).toMatchObject([
      { kind: 'wrong-signature' },
      { kind: 'empty' },
    ])
    await country.startOperator()
    await ledgerSays('edited', 'verified')
    // The chain goes on from the head that the status published.
    expect((await ledgerOf(country, 'edited')).newest).toMatchObject({
      sequence: before.newest && before.newest.sequence + 1,
      previous: before.to?.hash,
    })
  }, 120_000)

  it.each([
    {
      why: 'A node that is relabelled is abroad, with all that is on it.',
      label: `${LABEL}=us-east`,
      says: /is in us-east, not in eu-de/,
    },
    {
      why: 'A node without the label is nowhere.',
      label: `${LABEL}-`,
      says: /on a node without the label/,
    },
  ])(
    'caught: $why',
    async ({ label, says }) => {
      await kubectl('label', '--overwrite', 'node', 'home', label)
      for (const name of ['schedule', 'restore']) await isClosed(name, says)
      await ledgerSays('schedule', 'violated')
      await kubectl('label', '--overwrite', 'node', 'home', `${LABEL}=eu-de`)
      for (const name of ['schedule', 'restore']) await isOpen(name)
      await ledgerSays('schedule', 'verified')
    },
    120_000,
  )

  it('The ledger tells it all, and names no node.', async () => {
    const ledger = await ledgerOf(country, 'schedule')
    expect(ledger.verdicts.violated).toBe(3)
    expect(ledger.lines.join('')).not.toMatch(/abroad|home/)
  })
})
