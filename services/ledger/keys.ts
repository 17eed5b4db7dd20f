import { createHash, createPublicKey, type KeyObject } from 'node:crypto'

/** Public keys by their id. */
export type Keys = ReadonlyMap<string, KeyObject>

/** The first 32 hex digits of the SHA-256 of the public key (SubjectPublicKeyInfo, DER). */
export function keyIdOf(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  const der = publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(der).digest('hex').slice(0, 32)
}

/**
 * Keys as a customer keeps them: `{"ID": "PEM", ...}`, or the list `[{"id": "ID", "publicKey": "PEM"}, ...]` as the
 * Region's `status.ledgerKeys` has it. Throws an `Error` that says what is wrong.
 */
export function parseKeys(json: string): Keys {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new Error('cannot read the keys: they are not JSON; save status.ledgerKeys of the Region')
  }
  if (typeof value !== 'object' || value === null) {
    throw new Error('cannot read the keys: neither a list nor an object')
  }
  const pairs = Array.isArray(value) ? value.map(pairOf) : Object.entries(value)
  return new Map(pairs.map(([id, text]) => [id, keyOf(id, text)]))
}

function pairOf(item: { id?: unknown; publicKey?: unknown } | null): [string, unknown] {
  return [String(item?.id), item?.publicKey]
}

/** Of a PEM, or of base64 without its frame. */
export function keyOf(id: string, text: unknown): KeyObject {
  if (typeof text !== 'string') throw new Error(`cannot read the key ${id}: it is not text`)
  const key = publicKeyOf(id, text)
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`cannot use the key ${id}: not Ed25519`)
  const own = keyIdOf(key)
  if (own !== id) throw new Error(`cannot use the key ${id}: what stands there is the key ${own}`)
  return key
}

function publicKeyOf(id: string, text: string): KeyObject {
  try {
    return text.startsWith('-----')
      ? createPublicKey(text)
      : createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
  } catch (cause) {
    throw new Error(`cannot read the key ${id}: it is no public key`, { cause })
  }
}

/** One line of base64 (DER), to stand in a file beside the entries. */
export function keyText(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).toString('base64')
}
