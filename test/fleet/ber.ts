/**
 * The part of ASN.1's Basic Encoding Rules that SNMP uses (RFC 3417 section 8: definite lengths only), for the
 * simulated printers. Values are kept encoded, so that answering is copying.
 */

/** BER tags of SNMP's types: RFC 2578 section 7.1, exceptions from RFC 3416 section 3. */
export const TAG = {
  integer: 0x02,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  ipAddress: 0x40,
  counter32: 0x41,
  gauge32: 0x42,
  timeTicks: 0x43,
  opaque: 0x44,
  counter64: 0x46,
  noSuchObject: 0x80,
  noSuchInstance: 0x81,
  endOfMibView: 0x82,
} as const

/** One value: its tag and its encoded content. */
export interface Value {
  tag: number
  body: Buffer
}

/** Bytes that are not BER as SNMP uses it. */
export class BerError extends Error {}

const ARC_MAX = 0xffffffff

export const integer = (n: number): Value => ({ tag: TAG.integer, body: integerBody(BigInt(n)) })
export const counter32 = (n: number): Value => unsigned(TAG.counter32, n % (ARC_MAX + 1))
export const gauge32 = (n: number): Value => unsigned(TAG.gauge32, n)
export const timeTicks = (n: number): Value => unsigned(TAG.timeTicks, n % (ARC_MAX + 1))
export const oid = (text: string): Value => ({ tag: TAG.oid, body: oidBody(parseOid(text)) })
export const octets = (body: Buffer): Value => ({ tag: TAG.octetString, body })

/** An octet string of text in the given encoding. */
export const text = (content: string, encoding: BufferEncoding = 'utf8'): Value =>
  octets(Buffer.from(content, encoding))

/** Any of the integer types; the caller has checked the range of the type. */
export const unsigned = (tag: number, n: number | bigint): Value => ({
  tag,
  body: integerBody(BigInt(n)),
})

/** Two's complement in the fewest octets (X.690 section 8.3). */
export function integerBody(n: bigint): Buffer {
  const bytes: number[] = []
  let rest = n
  for (;;) {
    const byte = Number(rest & 0xffn)
    bytes.push(byte)
    rest >>= 8n
    if (rest === (byte < 0x80 ? 0n : -1n)) return Buffer.from(bytes.reverse())
  }
}

/** The numbers of a dotted object identifier; a BerError when it is none (X.690 section 8.19, RFC 2578 section 3.5). */
export function parseOid(dotted: string): number[] {
  if (!/^\d+(\.\d+)+$/.test(dotted)) throw new BerError(`"${dotted}" is no object identifier`)
  const arcs = dotted.split('.').map(Number)
  const [first = 0, second = 0] = arcs
  if (first > 2 || (first < 2 && second > 39) || arcs.some(arc => arc > ARC_MAX)) {
    throw new BerError(`"${dotted}" is no object identifier`)
  }
  return arcs
}

/** Encoded content of an object identifier (X.690 section 8.19). */
export function oidBody(arcs: readonly number[]): Buffer {
  const [first = 0, second = 0, ...rest] = arcs
  const bytes: number[] = []
  for (const arc of [first * 40 + second, ...rest]) pushArc(bytes, arc)
  return Buffer.from(bytes)
}

function pushArc(bytes: number[], arc: number): void {
  for (let unit = 128 ** 4; unit >= 128; unit /= 128) {
    if (arc >= unit) bytes.push((Math.floor(arc / unit) % 128) | 0x80)
  }
  bytes.push(arc % 128)
}

/** The numbers of an encoded object identifier. */
export function readOid(body: Buffer): number[] {
  const arcs: number[] = []
  let arc = 0
  for (const byte of body) {
    arc = arc * 128 + (byte & 0x7f)
    if (arc > ARC_MAX + 80) throw new BerError('an arc is over 2^32 - 1')
    if (byte & 0x80) continue
    arcs.push(arc)
    arc = 0
  }
  const joined = arcs.shift()
  if (joined === undefined || (body.at(-1) ?? 0) & 0x80) throw new BerError('an identifier is cut')
  const first = Math.min(2, Math.floor(joined / 40))
  return [first, joined - first * 40, ...arcs]
}

/** A signed integer of at most six octets. */
export function readInteger(body: Buffer): number {
  if (body.length < 1 || body.length > 6) throw new BerError('an integer has no fitting length')
  return body.readIntBE(0, body.length)
}

/** Tag, length and content. */
export function encode(tag: number, ...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([header(tag, length), ...parts])
}

function header(tag: number, length: number): Buffer {
  if (length < 0x80) return Buffer.from([tag, length])
  if (length < 0x100) return Buffer.from([tag, 0x81, length])
  return Buffer.from([tag, 0x82, length >> 8, length & 0xff])
}

/** All the elements that lie one after another in `bytes`; `whole` is the element with its header. */
export function readElements(bytes: Buffer): (Value & { whole: Buffer })[] {
  const elements: (Value & { whole: Buffer })[] = []
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0
    const { start, length } = readLength(bytes, at + 1)
    const end = start + length
    if (end > bytes.length) throw new BerError('an element ends outside of its container')
    elements.push({ tag, body: bytes.subarray(start, end), whole: bytes.subarray(at, end) })
    at = end
  }
  return elements
}

function readLength(bytes: Buffer, at: number): { start: number; length: number } {
  const first = bytes[at]
  if (first === undefined) throw new BerError('a length is missing')
  if (first < 0x80) return { start: at + 1, length: first }
  const octetCount = first & 0x7f
  const start = at + 1 + octetCount
  if (octetCount < 1 || octetCount > 4 || start > bytes.length) {
    throw new BerError('a length is indefinite, too long or cut')
  }
  return { start, length: bytes.readUIntBE(at + 1, octetCount) }
}
