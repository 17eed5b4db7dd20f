import { createPrivateKey, createPublicKey, sign, verify, X509Certificate } from 'node:crypto'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { describeKubernetes, sharedControlPlane } from '../../test/kubernetes/index.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { connectCluster } from '../cluster/connect.ts'
import { type Authority, makeAuthority } from './authority.ts'
import type { Copy } from './copies.ts'
import { decode, refOfSecret, type Secret } from './secret.ts'
import {
  cacheOf,
  EMPTY_CACHE,
  type Kill,
  Killed,
  LABELLED,
  makeNamespace,
  recorded,
} from './secrets.support.ts'
import { tenantSecretNames } from './tenant-plans.ts'
import {
  ensureTenantSecrets,
  type SecretsResult,
  type TenantSecretsInput,
} from './tenant-secrets.ts'
import { DAY } from './x509.ts'

const NOW = new Date('2026-11-23T00:00:00Z')
const HOST = 'acme.eu.example.com'
const PULL: Copy = { name: 'registry', type: 'Opaque', data: { a: 'YQ==' }, revision: 'r1' }

describeKubernetes("a tenant's Secrets", () => {
  let cluster: Cluster
  let authority: Authority
  let namespace: string

  beforeAll(async () => {
    const { kubeconfig } = await sharedControlPlane()
    cluster = connectCluster({ name: 'management', source: { kind: 'file', path: kubeconfig } })
    authority = await makeAuthority({ region: 'eu', domain: 'eu.example.com', now: NOW })
  })
  beforeEach(async () => {
    namespace = await makeNamespace(cluster)
  })

  /** One reconcile of a freshly started operator whose cache is in step; its calls, and what it gave. */
  async function ensure({ kill, ...changes }: Partial<TenantSecretsInput> & { kill?: Kill } = {}) {
    const seen = recorded(cluster, kill)
    const input: TenantSecretsInput = {
      cache: await cacheOf(cluster, namespace),
      namespace,
      labels: LABELLED,
      host: HOST,
      now: NOW,
      rotate: undefined,
      authority,
      copies: [],
      ...changes,
      cluster: seen.cluster,
    }
    const running = ensureTenantSecrets(input, AbortSignal.timeout(20_000))
    const result = await running.catch((error: unknown) => {
      if (error instanceof Killed) return undefined
      throw error
    })
    return { result, calls: seen.calls }
  }

  async function secretOf(name: string): Promise<Secret> {
    const options = { signal: AbortSignal.timeout(10_000) }
    const secret = await cluster.get(refOfSecret(namespace, name), options)
    if (!secret) throw new Error(`no Secret ${name}`)
    return secret as Secret
  }

  async function valuesOf(names = tenantSecretNames) {
    const entries = names.map(async name => [name, decode(await secretOf(name))] as const)
    return Object.fromEntries(await Promise.all(entries))
  }

  async function put(name: string, change: (secret: Secret) => Partial<Secret>) {
    const secret = await secretOf(name)
    await cluster.replace({ ...secret, ...change(secret) }, { signal: AbortSignal.timeout(10_000) })
  }

  async function drop(name: string) {
    const { metadata } = await secretOf(name)
    const ref = refOfSecret(namespace, name)
    await cluster.delete(ref, metadata.uid ?? '', { signal: AbortSignal.timeout(10_000) })
  }

  const changesOf = (result: SecretsResult | undefined) =>
    Object.fromEntries(result?.changes.map(({ name, change }) => [name, change]) ?? [])

  it('are made with one call each, and then nothing is called any more', async () => {
    const first = await ensure({ copies: [PULL] })
    const creates = tenantSecretNames.map(name => `create ${name}`)
    expect(first.calls).toEqual([...creates, 'apply registry'])
    expect(first.result?.refusals).toEqual([])
    const second = await ensure({ copies: [PULL] })
    expect(second.calls).toEqual([])
    expect(second.result).toEqual({ ...first.result, changes: [] })
  })

  it('hold what the parts of the stack need', async () => {
    await ensure()
    const values = await valuesOf()
    expect(values['database-ingest']).toEqual({
      username: 'platen_ingest',
      password: expect.stringMatching(/^[\w-]{43}$/),
    })
    const passwords = tenantSecretNames.flatMap(name => values[name]?.password ?? [])
    expect(new Set(passwords).size).toBe(5)
    expect(values['api-platform']).toEqual({
      username: 'platform',
      password: expect.stringMatching(/^platen_[\w-]{43}$/),
    })
    expect(values.component?.secret).toMatch(/^[\w-]{43}$/)
    const { 'tls.crt': chain = '', 'tls.key': key = '' } = values.tls ?? {}
    const certificate = new X509Certificate(chain)
    expect(certificate.checkHost(HOST)).toBe(HOST)
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true)
    const licence = values['licence-key'] ?? {}
    const signature = sign(null, Buffer.from('x'), createPrivateKey(licence['private.pem'] ?? ''))
    const publicKey = createPublicKey(licence['public.pem'] ?? '')
    expect(verify(null, Buffer.from('x'), publicKey, signature)).toBe(true)
  })

  it('that two operators make at once are those of one of them, and both say the same', async () => {
    const both = await Promise.all([1, 2].map(() => ensure({ cache: EMPTY_CACHE })))
    expect(both[0]?.result?.revisions).toEqual(both[1]?.result?.revisions)
    expect(Object.keys(both[0]?.result?.revisions ?? {})).toEqual(tenantSecretNames)
  })

  it('that two operators rotate at once are rotated once', async () => {
    const cache = await cacheOf(cluster, namespace)
    await ensure()
    const stale = await cacheOf(cluster, namespace)
    const both = await Promise.all([1, 2].map(() => ensure({ cache: stale, rotate: 'all' })))
    expect(both[0]?.result?.revisions).toEqual(both[1]?.result?.revisions)
    const changed = both.flatMap(({ result }) => result?.changes ?? [])
    expect(changed.map(({ name }) => name).sort()).toEqual([...tenantSecretNames].sort())
    expect(cache.get(refOfSecret(namespace, 'tls'))).toBeUndefined()
  })

  it.each([
    {
      why: 'a type that cannot hold it',
      make: { type: 'Opaque', data: { password: 'eA==' } },
      says: 'its type is Opaque, not kubernetes.io/basic-auth',
    },
    {
      why: 'no password',
      make: { type: 'kubernetes.io/basic-auth', data: { username: 'eA==' } },
      says: 'it lacks password',
    },
    {
      why: 'an empty password',
      make: { type: 'kubernetes.io/basic-auth', data: { username: 'eA==', password: '' } },
      says: 'it lacks password',
    },
  ])(
    'of somebody else with $why are refused, left as they are, and the others made',
    async ({ make, says }) => {
      const metadata = { name: 'database-api', namespace }
      const foreign = { apiVersion: 'v1', kind: 'Secret', metadata, ...make }
      await cluster.create(foreign, { signal: AbortSignal.timeout(10_000) })
      const { result } = await ensure()
      const refusal = expect.stringContaining(
        `cannot use Secret ${namespace}/database-api: ${says}`,
      )
      expect(result?.refusals).toEqual([refusal])
      expect((await secretOf('database-api')).data).toEqual(make.data)
      const others = tenantSecretNames.filter(name => name !== 'database-api')
      expect(Object.keys(result?.revisions ?? {})).toEqual(others)
    },
  )

  it('that lost a value are refused from the cache alone, and made anew when they are deleted', async () => {
    await ensure()
    await put('component', () => ({ data: {} }))
    const { result, calls } = await ensure()
    expect(result?.refusals[0]).toContain('component: it lacks secret; it is not overwritten')
    expect(calls).toEqual([])
    await drop('component')
    expect(changesOf((await ensure()).result)).toEqual({ component: 'made' })
  })

  it('that somebody made before, with the right shape, are adopted with their values', async () => {
    const metadata = { name: 'component', namespace, labels: { mine: 'yes' } }
    const data = { secret: 'c2VjcmV0', more: 'bW9yZQ==' }
    const own = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data }
    await cluster.create(own, { signal: AbortSignal.timeout(10_000) })
    const first = await ensure()
    expect(first.result?.changes).toContainEqual({ name: 'component', change: 'adopted' })
    const secret = await secretOf('component')
    expect(secret.data).toEqual(data)
    expect(secret.metadata.labels).toEqual({ mine: 'yes', ...LABELLED })
    expect((await ensure()).calls).toEqual([])
  })

  it('that lost their labels get them back, and keep their values', async () => {
    const { result } = await ensure()
    const before = await secretOf('database-api')
    await put('database-api', ({ metadata: { labels: _, ...metadata } }) => ({ metadata }))
    expect((await ensure()).result?.revisions).toEqual(result?.revisions)
    const after = await secretOf('database-api')
    expect(after.data).toEqual(before.data)
    expect(after.metadata.labels).toEqual(before.metadata.labels)
  })

  it.each(tenantSecretNames)(
    'that vanished are made anew with another revision: %s',
    async name => {
      const before = await ensure()
      await drop(name)
      const { result, calls } = await ensure()
      expect(calls).toEqual([`create ${name}`])
      expect(result?.revisions[name]).not.toBe(before.result?.revisions[name])
      const { [name]: _, ...others } = before.result?.revisions ?? {}
      expect(result?.revisions).toMatchObject(others)
    },
  )

  it('are rotated by name, once for each value of the annotation', async () => {
    const before = await ensure()
    const rotate = 'database-api, licence-key'
    const first = await ensure({ rotate })
    expect(changesOf(first.result)).toEqual({ 'database-api': 'rotated', 'licence-key': 'rotated' })
    expect(first.result?.revisions.component).toBe(before.result?.revisions.component)
    expect((await ensure({ rotate })).calls).toEqual([])
    expect((await ensure({ rotate: undefined })).calls).toEqual([])
    const again = await ensure({ rotate: 'database-api@again' })
    expect(changesOf(again.result)).toEqual({ 'database-api': 'rotated' })
  })

  it('are not rotated by an annotation that was there before they were made', async () => {
    await ensure({ rotate: 'all' })
    expect((await ensure({ rotate: 'all' })).calls).toEqual([])
  })

  it('are rotated as far as they exist: a word that names none is told', async () => {
    await ensure()
    const { result } = await ensure({ rotate: 'component,databse-api' })
    expect(changesOf(result)).toEqual({ component: 'rotated' })
    expect(result?.refusals).toEqual([
      `cannot rotate databse-api: no such secret; use all or some of ${tenantSecretNames.join(', ')}`,
    ])
  })

  it('keep the public key of old licences for 90 days after a rotation', async () => {
    await ensure()
    const { 'public.pem': old } = (await valuesOf())['licence-key'] ?? {}
    const { result } = await ensure({ rotate: 'licence-key' })
    const rotated = (await valuesOf())['licence-key'] ?? {}
    expect(rotated['previous.pem']).toBe(old)
    expect(rotated['public.pem']).not.toBe(old)
    expect(+(result?.nextChangeAt ?? 0)).toBeLessThan(+NOW + 90 * DAY)
    const later = { now: new Date(+NOW + 90 * DAY), rotate: 'licence-key' }
    expect(changesOf((await ensure(later)).result)['licence-key']).toBe('due')
    const { 'previous.pem': _, ...rest } = rotated
    expect((await valuesOf())['licence-key']).toEqual(rest)
  })

  it('say when the certificate has to be renewed, and renew it then, not before', async () => {
    const { result } = await ensure()
    const at = result?.nextChangeAt ?? NOW
    expect((await ensure({ now: new Date(+at - 1) })).calls).toEqual([])
    const renewed = await ensure({ now: at })
    expect(renewed.calls).toEqual(['get tls', 'replace tls'])
    expect(changesOf(renewed.result)).toEqual({ tls: 'due' })
    expect(+(renewed.result?.nextChangeAt ?? 0)).toBeGreaterThan(+at + 55 * DAY)
    expect(renewed.result?.revisions.tls).not.toBe(result?.revisions.tls)
    expect((await ensure({ now: at })).calls).toEqual([])
  })

  it.each([
    {
      why: 'the host has another name',
      change: () => ({ host: 'acme.eu.example.org' }),
      want: 'outdated',
    },
    {
      why: 'its authority is not trusted any more',
      change: async () => ({ authority: await strange() }),
      want: 'outdated',
    },
    {
      why: 'its authority is followed by another one, but still trusted',
      change: async () => ({ authority: await strange(authority) }),
      want: undefined,
    },
  ])('hold another certificate when it does not fit: $why', async ({ change, want }) => {
    await ensure()
    expect(changesOf((await ensure(await change())).result).tls).toBe(want)
  })

  const strange = (previous?: Authority) =>
    makeAuthority({
      region: 'eu',
      domain: 'eu.example.com',
      now: NOW,
      ...(previous && { previous }),
    })

  it("refuse a certificate that the region's authority did not issue", async () => {
    const metadata = { name: 'tls', namespace, labels: LABELLED }
    const data = { 'tls.crt': 'eA==', 'tls.key': 'eA==' }
    const foreign = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/tls', data }
    await cluster.create(foreign, { signal: AbortSignal.timeout(10_000) })
    const { result } = await ensure()
    expect(result?.refusals[0]).toContain("/tls: the region's authority did not issue it")
    expect((await secretOf('tls')).data).toEqual(data)
  })

  it("take the content of cert-manager's certificate as its revision", async () => {
    const metadata = { name: 'tls', namespace, labels: LABELLED }
    const data = { 'tls.crt': 'eA==', 'tls.key': 'eA==' }
    const foreign = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/tls', data }
    await cluster.create(foreign, { signal: AbortSignal.timeout(10_000) })
    const without = async () => {
      const { authority: _, ...input } = await inputWithoutAuthority()
      return await ensureTenantSecrets(input, AbortSignal.timeout(10_000))
    }
    const before = (await without()).revisions.tls
    expect((await without()).revisions.tls).toBe(before)
    await put('tls', () => ({ data: { ...data, 'tls.crt': 'eQ==' } }))
    expect((await without()).revisions.tls).not.toBe(before)
  })

  async function inputWithoutAuthority(): Promise<TenantSecretsInput> {
    const cache = await cacheOf(cluster, namespace)
    const rest = { labels: LABELLED, host: HOST, now: NOW, rotate: undefined, copies: [] }
    return { cluster, cache, namespace, ...rest }
  }

  it('copied from the region follow the original, and are repaired', async () => {
    await ensure({ copies: [PULL] })
    const changed = { ...PULL, data: { b: 'Yg==' }, revision: 'r2' }
    expect(changesOf((await ensure({ copies: [changed] })).result)).toEqual({
      registry: 'outdated',
    })
    expect((await secretOf('registry')).data).toEqual({ b: 'Yg==' })
    await put('registry', () => ({ data: { b: 'eA==' } }))
    expect((await ensure({ copies: [changed] })).calls).toEqual(['apply registry'])
    expect((await ensure({ copies: [changed] })).calls).toEqual([])
  })

  const KILLS = tenantSecretNames.flatMap((_, call) => [
    { when: 'before' as const, call },
    { when: 'after' as const, call },
  ])

  it.each(KILLS)('are whole after a kill $when call $call, and what was made stays', async kill => {
    await ensure({ kill })
    const cache = await cacheOf(cluster, namespace)
    const made = tenantSecretNames.filter(name => cache.get(refOfSecret(namespace, name)))
    expect(made).toHaveLength(kill.call + (kill.when === 'after' ? 1 : 0))
    const before = await valuesOf(made)
    const { result } = await ensure()
    expect(result?.refusals).toEqual([])
    expect(await valuesOf()).toMatchObject(before)
    expect((await ensure()).calls).toEqual([])
  })

  it.each(
    [0, 1, 2, 3, 7, 12, 13].flatMap(call => [
      { when: 'before' as const, call },
      { when: 'after' as const, call },
    ]),
  )('are rotated once, also with a kill $when call $call of the rotation', async kill => {
    const first = (await ensure()).result?.revisions ?? {}
    await ensure({ rotate: 'all', kill })
    const cache = await cacheOf(cluster, namespace)
    const revision = (name: string) =>
      cache.get(refOfSecret(namespace, name))?.annotations['platen.dev/revision']
    const rotated = tenantSecretNames.filter(name => revision(name) !== first[name])
    const { result } = await ensure({ rotate: 'all' })
    const rest = tenantSecretNames.filter(name => !rotated.includes(name))
    expect(Object.keys(changesOf(result))).toEqual(rest)
    for (const name of rotated) expect(result?.revisions[name]).toBe(revision(name))
    expect((await ensure({ rotate: 'all' })).calls).toEqual([])
  })
})
