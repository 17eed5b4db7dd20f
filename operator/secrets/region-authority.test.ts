import { createPublicKey } from 'node:crypto'
import { appendEntry, type Draft, parseKeys, verifyLedger } from '@platen/ledger'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { describeKubernetes, sharedControlPlane } from '../../test/kubernetes/index.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { connectCluster } from '../cluster/connect.ts'
import { authorityId, renewalOf, trustedIds } from './authority.ts'
import { credentialsOf, readCopies } from './copies.ts'
import { makeSigningKey } from './keys.ts'
import type { LedgerKey } from './ledger-keys.ts'
import {
  ensureRegionAuthority,
  type RegionAuthority,
  type RegionAuthorityInput,
} from './region-authority.ts'
import { refOfSecret } from './secret.ts'
import {
  cacheOf,
  EMPTY_CACHE,
  type Kill,
  Killed,
  LABELLED,
  makeNamespace,
  recorded,
} from './secrets.support.ts'
import { DAY, parse } from './x509.ts'

const NOW = new Date('2026-11-23T00:00:00Z')
const signal = () => AbortSignal.timeout(20_000)

const OLD_KEY: LedgerKey = { id: '', publicKey: 'of before', since: '2026-01-01T00:00:00Z' }

describeKubernetes("a region's authority", () => {
  let cluster: Cluster
  let namespace: string

  beforeAll(async () => {
    const { kubeconfig } = await sharedControlPlane()
    cluster = connectCluster({ name: 'management', source: { kind: 'file', path: kubeconfig } })
  })
  beforeEach(async () => {
    namespace = await makeNamespace(cluster)
  })

  type Changes = Partial<RegionAuthorityInput> & { kill?: Kill }

  async function ensure({ kill, ...changes }: Changes = {}) {
    const seen = recorded(cluster, kill)
    const input: RegionAuthorityInput = {
      cache: await cacheOf(cluster, namespace),
      namespace,
      labels: LABELLED,
      name: 'eu',
      domain: 'eu.example.com',
      now: NOW,
      rotate: undefined,
      ownCertificates: true,
      ledgerKeys: [],
      ...changes,
      cluster: seen.cluster,
    }
    const running = ensureRegionAuthority(input, signal())
    const result = await running.catch((error: unknown) => {
      if (error instanceof Killed) return undefined
      throw error
    })
    return { result, calls: seen.calls }
  }

  /** What a run gave, which must be there. */
  async function authority(changes: Changes = {}): Promise<RegionAuthority> {
    const { result } = await ensure(changes)
    if (!result?.authority) throw new Error(result?.refusals.join() ?? 'killed')
    return result.authority
  }

  function certificatesOf({ certificates }: RegionAuthority) {
    if (!certificates) throw new Error('no authority for certificates')
    return certificates
  }

  it('is made once, read once by an operator that starts, and then not called for', async () => {
    const first = await ensure()
    expect(first.calls).toEqual(['create residency-ledger-key', 'create certificate-authority'])
    const started = await ensure()
    expect(started.calls).toEqual(['get residency-ledger-key', 'get certificate-authority'])
    expect(started.result?.authority?.certificates).toEqual(first.result?.authority?.certificates)
    expect(started.result?.authority?.ledgerKeys).toEqual(first.result?.authority?.ledgerKeys)
    const known = started.result?.authority
    const third = await ensure({ ...(known && { known }) })
    expect(third.calls).toEqual([])
    expect(third.result?.authority).toEqual(known)
  })

  it('has no certificates where cert-manager issues them', async () => {
    const { result, calls } = await ensure({ ownCertificates: false })
    expect(calls).toEqual(['create residency-ledger-key'])
    expect(result?.authority).not.toHaveProperty('certificates')
    const known = result?.authority
    const own = await ensure({ ...(known && { known }) })
    expect(own.calls).toContain('create certificate-authority')
    expect(own.result?.authority).toHaveProperty('certificates')
  })

  it('of two operators at once is that of one of them', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => authority({ cache: EMPTY_CACHE })))
    expect(one?.certificates).toEqual(other?.certificates)
    expect(one?.ledgerKeys).toEqual(other?.ledgerKeys)
  })

  it('is followed by the next one at two thirds of its life, and forgotten at its end', async () => {
    const old = certificatesOf(await authority())
    const [renewal, end] = [renewalOf(old), parse(old.certificate).notAfter]
    const before = await authority({ now: new Date(+renewal - 1) })
    expect(before.certificates).toEqual(old)
    const next = certificatesOf(await authority({ now: renewal }))
    expect(trustedIds(next)).toEqual([authorityId(next.certificate), authorityId(old.certificate)])
    expect(certificatesOf(await authority({ now: new Date(+end - 1) }))).toEqual(next)
    const alone = certificatesOf(await authority({ now: end }))
    expect(alone).toEqual({ ...next, bundle: next.certificate, cross: '' })
    const settled = await ensure({ now: new Date(+end + DAY) })
    expect(settled.calls.filter(call => call.startsWith('replace'))).toEqual([])
  })

  it('is followed by another one for another domain, and the old names stay trusted', async () => {
    const old = certificatesOf(await authority())
    const next = certificatesOf(await authority({ domain: 'eu.example.org' }))
    expect(trustedIds(next)).toEqual([authorityId(next.certificate), authorityId(old.certificate)])
  })

  it('is no longer trusted once its Secret was deleted: that is how one drops a stolen one', async () => {
    const old = certificatesOf(await authority())
    const ref = refOfSecret(namespace, 'certificate-authority')
    const { uid = '' } = (await cluster.get(ref, { signal: signal() }))?.metadata ?? {}
    await cluster.delete(ref, uid, { signal: signal() })
    expect(trustedIds(certificatesOf(await authority()))).not.toContain(
      authorityId(old.certificate),
    )
  })

  it('keeps every public key that signed a ledger: entries from before rotations verify', async () => {
    const lines: string[] = []
    let head: Parameters<typeof appendEntry>[1]
    let published: LedgerKey[] = []
    for (const rotate of [undefined, 'residency-ledger-key', 'all@2']) {
      const { signer, ledgerKeys } = await authority({ rotate, ledgerKeys: published })
      const next = appendEntry(DRAFT, head, signer)
      lines.push(next.line)
      head = next.head
      published = ledgerKeys
    }
    expect(published.map(({ id }) => id)).toHaveLength(3)
    const { findings } = verifyLedger(lines, parseKeys(JSON.stringify(published)))
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(findings.map(({ kind }) => kind)).toEqual(['key-changed', 'key-changed'])
  })

  it('keeps the published keys also when their Secret vanished', async () => {
    const { ledgerKeys } = await authority()
    const ref = refOfSecret(namespace, 'residency-ledger-key')
    const { uid = '' } = (await cluster.get(ref, { signal: signal() }))?.metadata ?? {}
    await cluster.delete(ref, uid, { signal: signal() })
    const after = await authority({ ledgerKeys })
    expect(after.ledgerKeys).toEqual([ledgerKeys[0], expect.anything()])
    expect(after.signer.keyId).toBe(after.ledgerKeys[1]?.id)
  })

  it('refuses another key where there are too many to keep, rotates the rest, and goes on signing', async () => {
    const known = await authority()
    const many = Array.from({ length: 191 }, (_, index) => ({ ...OLD_KEY, id: `old-${index}` }))
    const rotate = 'all@1'
    const last = await authority({ known, rotate, ledgerKeys: many })
    expect(last.ledgerKeys, 'that, and the one before').toHaveLength(193)
    const settled = await ensure({ known: last, rotate, ledgerKeys: last.ledgerKeys })
    expect(settled.result?.refusals, 'it was done').toEqual([])
    const { result } = await ensure({ known: last, rotate: 'all@2', ledgerKeys: last.ledgerKeys })
    expect(result?.refusals).toEqual([
      expect.stringMatching(
        /^cannot rotate residency-ledger-key: Region eu has 193 keys, .*; take it/,
      ),
    ])
    expect(result?.changes).toEqual([{ name: 'certificate-authority', change: 'rotated' }])
    expect(result?.authority?.signer.keyId).toBe(last.signer.keyId)
  })

  it.each(
    ['residency-ledger-key', 'certificate-authority'].flatMap(name => [
      { name, when: 'before' as const, call: 0 },
      { name, when: 'after' as const, call: 0 },
      { name, when: 'before' as const, call: 1 },
      { name, when: 'after' as const, call: 1 },
    ]),
  )('rotates $name once, also with a kill $when call $call', async ({ name, ...kill }) => {
    const known = await authority()
    await ensure({ known, rotate: name, kill })
    const rotated = await authority({ known, rotate: name, ledgerKeys: known.ledgerKeys })
    const counts = [rotated.ledgerKeys.length, trustedIds(certificatesOf(rotated)).length]
    expect(counts).toEqual(name === 'residency-ledger-key' ? [2, 1] : [1, 2])
    const publicKey = createPublicKey(rotated.signer.privateKey)
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    expect(rotated.ledgerKeys.at(-1)?.publicKey).toBe(pem)
  })

  it('gives no authority while a Secret cannot be used', async () => {
    const metadata = { name: 'residency-ledger-key', namespace, labels: LABELLED }
    const foreign = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: {} }
    await cluster.create(foreign, { signal: signal() })
    const { result } = await ensure()
    expect(result).not.toHaveProperty('authority')
    expect(result?.refusals).toEqual([
      expect.stringContaining('residency-ledger-key: it lacks private.pem, keys.json'),
    ])
  })

  describe('a ledger key that somebody made', () => {
    const key = makeSigningKey()
    const published = { id: key.id, publicKey: key.publicKey, since: NOW.toISOString() }

    async function put(annotations = {}): Promise<void> {
      const metadata = { name: 'residency-ledger-key', namespace, annotations }
      const stringData = { 'private.pem': key.privateKey, 'keys.json': JSON.stringify([published]) }
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', stringData }
      await cluster.create(secret, { signal: signal() })
    }

    it('is refused: whoever made it could sign', async () => {
      await put()
      for (const ledgerKeys of [[], [OLD_KEY]]) {
        const { result, calls } = await ensure({ ledgerKeys, ownCertificates: false })
        expect(result).not.toHaveProperty('authority')
        expect(result?.refusals).toEqual([
          expect.stringContaining('not in status.ledgerKeys of Region eu'),
        ])
        expect(calls.filter(call => call.startsWith('replace'))).toEqual([])
      }
    })

    it('is taken where it is one that the region has published: it was restored', async () => {
      await put()
      const { signer } = await authority({ ledgerKeys: [OLD_KEY, published] })
      expect(signer.keyId).toBe(key.id)
    })

    it('is taken where it was restored with all that the operator put on it', async () => {
      await put({ 'platen.dev/revision': '6f1c1c1e' })
      expect((await authority()).signer.keyId).toBe(key.id)
    })
  })

  describe("the region's own Secrets for tenants", () => {
    const spec = {
      backup: { credentialsSecretRef: { name: 's3' }, location: 'eu-central-1' },
      images: { pullSecretRefs: [{ name: 'registry' }] },
    }

    it('are read, and those that are missing are named with what to do', async () => {
      const metadata = { name: 's3', namespace }
      const secret = { type: 'Opaque', data: { user: 'eA==' } }
      await cluster.create(
        { apiVersion: 'v1', kind: 'Secret', metadata, ...secret },
        { signal: signal() },
      )
      const read = await readCopies({ cluster, namespace }, credentialsOf(spec), signal())
      expect(read.copies).toEqual([
        {
          name: 'backup-credentials',
          type: 'Opaque',
          // eu-central-1, for CloudNativePG.
          data: { user: 'eA==', AWS_REGION: 'ZXUtY2VudHJhbC0x' },
          revision: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      ])
      expect(read.refusals).toEqual([
        `cannot copy Secret ${namespace}/registry: it does not exist; create it in the region's cluster`,
      ])
    })

    it("are copied again when the store's location changes", async () => {
      const metadata = { name: 's3', namespace }
      await cluster.create({ apiVersion: 'v1', kind: 'Secret', metadata }, { signal: signal() })
      const revisionAt = async (location: string) => {
        const moved = { backup: { ...spec.backup, location }, images: {} }
        const read = await readCopies({ cluster, namespace }, credentialsOf(moved), signal())
        return read.copies[0]?.revision
      }
      const here = await revisionAt('eu-central-1')
      expect(await revisionAt('eu-central-1')).toBe(here)
      expect(await revisionAt('eu-west-3')).not.toBe(here)
    })

    it.each(['tls', 'backup-credentials'])(
      'never take the place of a Secret of the tenant: %s',
      async name => {
        await cluster.create(
          { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } },
          { signal: signal() },
        )
        const pulling = { ...spec, images: { pullSecretRefs: [{ name }] } }
        const read = await readCopies({ cluster, namespace }, credentialsOf(pulling), signal())
        expect(read.refusals).toContain(
          `cannot copy Secret ${namespace}/${name}: tenants have a Secret of their own of that name; give it another name`,
        )
      },
    )
  })
})

const DRAFT: Draft = {
  tenant: 'acme',
  tenantUid: 'u',
  region: 'eu',
  country: 'DE',
  at: '2026-11-23T00:00:00Z',
  verdict: 'verified',
  facts: {
    countries: ['DE'],
    label: 'topology.kubernetes.io/region',
    place: 'eu',
    pods: {},
    volumes: {},
    policies: { own: 1, foreign: 0 },
  },
  reasons: [],
  declares: [],
}
