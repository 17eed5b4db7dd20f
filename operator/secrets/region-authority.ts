import { createPrivateKey } from 'node:crypto'
import type { Signer } from '@platen/ledger'
import type { Cluster } from '../cluster/cluster.ts'
import { nameOf } from '../cluster/object.ts'
import type { Cache } from '../cluster/observed.ts'
import { ANNOTATIONS } from '../names.ts'
import {
  type Authority,
  makeAuthority,
  nextChangeOf,
  renewalOf,
  withoutExpired,
} from './authority.ts'
import { type Content, type Ensured, ensureSecret, type SecretPlan } from './ensure-secret.ts'
import { idOfPrivate, makeSigningKey } from './keys.ts'
import { type LedgerKey, mergeKeys, readKeys } from './ledger-keys.ts'
import { type Rotation, readRotation, refuseUnknown } from './rotation.ts'
import { type Data, decode, refOfSecret, SECRET_ANNOTATIONS, type Secret } from './secret.ts'
import { type SecretsResult, summarize } from './tenant-secrets.ts'

const AUTHORITY = 'certificate-authority'
const LEDGER_KEY = 'residency-ledger-key'

/**
 * None is ever forgotten, so there is an end to rotations: once a month, it comes after 16 years. `status.ledgerKeys` has
 * room for 64 more, which are made because the Secret was lost.
 */
const MOST_ROTATED_KEYS = 192

/** What a region signs with. It never leaves the operator's memory and the region's own cluster. */
export interface RegionAuthority {
  /** Absent where cert-manager issues the certificates. */
  certificates?: Authority
  /** Signs the residency ledgers. */
  signer: Signer
  /** Every key that ever signed one, the newest last: for `status.ledgerKeys`. */
  ledgerKeys: LedgerKey[]
  /** Of the two Secrets; as long as the cache shows the same, nothing has to be read. */
  revisions: Record<string, string>
}

export interface RegionAuthorityInput {
  /** Of the region's own cluster. */
  cluster: Cluster
  cache: Pick<Cache, 'get'>
  /** `platen-region-NAME`. */
  namespace: string
  labels: Record<string, string>
  /** Of the Region. */
  name: string
  domain: string
  now: Date
  /** The Region's annotation `platen.dev/rotate` as it stands. */
  rotate: string | undefined
  /** False: cert-manager issues the certificates. */
  ownCertificates: boolean
  /** `status.ledgerKeys` as published so far. */
  ledgerKeys: readonly LedgerKey[]
  /** What the last run gave. */
  known?: RegionAuthority
}

export interface RegionAuthorityResult extends SecretsResult {
  /** Absent only with a refusal. */
  authority?: RegionAuthority
}

/**
 * Makes the region's certificate authority and the key of its residency ledgers, and renews them. An authority is
 * followed by the next one at two thirds of its life: from then on the new one signs, clients are given both, and a
 * certificate of the new one signed by the old one serves those that know only the old one.
 */
export async function ensureRegionAuthority(
  input: RegionAuthorityInput,
  signal: AbortSignal,
): Promise<RegionAuthorityResult> {
  const plans = input.ownCertificates ? [ledgerKey(input), authority(input)] : [ledgerKey(input)]
  const names = plans.map(({ name }) => name)
  const asked = readRotation(input.rotate, names)
  const tooMany = refuseKey(input, asked)
  const rotation = tooMany === undefined ? asked : without(LEDGER_KEY, asked)
  const done: Ensured[] = []
  for (const plan of plans) done.push(await ensureSecret(plan, { ...input, rotation }, signal))
  const result = summarize(done, tooMany ?? refuseUnknown(asked, names))
  if (done.some(({ refusal }) => refusal !== undefined)) return result
  const known = reuse(input, result)
  return { ...result, authority: known ?? (await read(input, done, signal)) }
}

/** A sentence, where another key is asked for and there are too many. */
function refuseKey(
  { cache, namespace, name, ledgerKeys }: RegionAuthorityInput,
  { id, wants }: Rotation,
): string | undefined {
  if (ledgerKeys.length < MOST_ROTATED_KEYS || !wants(LEDGER_KEY)) return undefined
  const annotations = cache.get(refOfSecret(namespace, LEDGER_KEY))?.annotations
  if (annotations?.[SECRET_ANNOTATIONS.rotation] === id) return undefined
  return `cannot rotate ${LEDGER_KEY}: Region ${name} has ${ledgerKeys.length} keys, which all have to stay so that old entries can be verified; take it out of the annotation ${ANNOTATIONS.rotate}`
}

function without(secret: string, rotation: Rotation): Rotation {
  return { ...rotation, wants: name => name !== secret && rotation.wants(name) }
}

/** What is known already, with what was published since. */
function reuse({ known, ledgerKeys }: RegionAuthorityInput, { revisions }: SecretsResult) {
  if (!known || Object.keys(revisions).length !== Object.keys(known.revisions).length) return
  const isSame = Object.entries(revisions).every(([name, it]) => known.revisions[name] === it)
  if (!isSame) return undefined
  return { ...known, ledgerKeys: mergeKeys(ledgerKeys, known.ledgerKeys) }
}

async function read(
  { cluster, namespace, ledgerKeys }: RegionAuthorityInput,
  done: Ensured[],
  signal: AbortSignal,
): Promise<RegionAuthority> {
  const data: Record<string, Data> = {}
  const revisions: Record<string, string> = {}
  for (const { name, revision, secret } of done) {
    const ref = refOfSecret(namespace, name)
    const found = secret ?? (await cluster.get(ref, { signal }))
    if (!found) throw new Error(`cannot read ${nameOf(ref)}: it was deleted just now`)
    data[name] = decode(found as Secret)
    revisions[name] = revision ?? ''
  }
  const ledger = data[LEDGER_KEY] ?? {}
  const certificates = data[AUTHORITY]
  const keys = readKeys(ledger)
  const privateKey = createPrivateKey(ledger['private.pem'] ?? '')
  return {
    signer: { keyId: keys.at(-1)?.id ?? '', privateKey },
    ledgerKeys: mergeKeys(ledgerKeys, keys),
    ...(certificates && { certificates: toAuthority(certificates) }),
    revisions,
  }
}

function authority({ name, domain, now }: RegionAuthorityInput): SecretPlan {
  const contentOf = (it: Authority): Content => ({
    data: toData(it),
    annotations: { [SECRET_ANNOTATIONS.dnsName]: domain },
    changeAt: nextChangeOf(it),
  })
  const make = async (previous?: Authority) =>
    contentOf(await makeAuthority({ region: name, domain, now, ...(previous && { previous }) }))
  return {
    name: AUTHORITY,
    type: 'kubernetes.io/tls',
    keys: ['tls.crt', 'tls.key', 'bundle.pem'],
    outdated: annotations => annotations[SECRET_ANNOTATIONS.dnsName] !== domain,
    make: () => make(),
    renew: (before, cause) => {
      const current = toAuthority(before)
      const isOver = cause !== 'due' || renewalOf(current) <= now
      return isOver ? make(current) : Promise.resolve(contentOf(withoutExpired(current, now)))
    },
  }
}

function toData({ certificate, key, cross, bundle }: Authority): Data {
  const data = { 'tls.crt': certificate, 'tls.key': key, 'bundle.pem': bundle }
  return cross === '' ? data : { ...data, 'cross.pem': cross }
}

function toAuthority(data: Data): Authority {
  return {
    certificate: data['tls.crt'] ?? '',
    key: data['tls.key'] ?? '',
    bundle: data['bundle.pem'] ?? '',
    cross: data['cross.pem'] ?? '',
  }
}

/** `keys.json` keeps every public key that ever signed, so that old ledgers can be verified for ever. */
function ledgerKey({ name, now, ledgerKeys }: RegionAuthorityInput): SecretPlan {
  const make = async (before: LedgerKey[] = []): Promise<Content> => {
    const { id, privateKey, publicKey } = makeSigningKey()
    const keys = [...before, { id, publicKey, since: now.toISOString() }]
    return { data: { 'private.pem': privateKey, 'keys.json': JSON.stringify(keys) } }
  }
  return {
    name: LEDGER_KEY,
    type: 'Opaque',
    keys: ['private.pem', 'keys.json'],
    make: () => make(),
    renew: before => make(readKeys(before)),
    refusesForeign(found) {
      if (ledgerKeys.some(({ id }) => id === idOfPrivate(found['private.pem']))) return undefined
      return `somebody else made it, and its key is not in status.ledgerKeys of Region ${name}: whoever has it could sign the ledgers of all tenants; delete it, or restore it with the labels and annotations that the operator gave it`
    },
  }
}
