import { BerError, encode, integerBody, readElements, readInteger, readOid, TAG } from './ber.ts'
import { keyOf } from './table.ts'

/** Protocol data units of RFC 1157 section 4.1 and RFC 3416 section 3. */
export const PDU = { get: 0xa0, next: 0xa1, response: 0xa2, set: 0xa3, bulk: 0xa5 } as const

/** Error statuses of RFC 3416 section 3. */
export const ERROR = { none: 0, tooBig: 1, noSuchName: 2, readOnly: 4, notWritable: 17 } as const

/** The version numbers on the wire. */
export const V1 = 0
export const V2C = 1

/** What a manager asks. */
export interface Request {
  version: number
  community: string
  type: number
  /** Encoded content of the request-id, to be sent back as it came. */
  id: Buffer
  /** Of a GETBULK; error-status and error-index, both 0, in the others. */
  nonRepeaters: number
  maxRepetitions: number
  /** What is asked for: the table's key, the encoded object identifier, and the whole binding as it came. */
  asked: Asked[]
}

export interface Asked {
  key: string
  oid: Buffer
  whole: Buffer
}

export interface Reply {
  error: number
  /** 1-based position of the binding in error, or 0. */
  index: number
  bindings: readonly Buffer[]
}

/** Reads one SNMP v1 or v2c message; a BerError says why it is none. */
export function decodeRequest(datagram: Buffer): Request {
  const [message] = readElements(datagram)
  const [version, community, pdu] = readElements(body(message, TAG.sequence))
  const [id, second, third, list] = readElements(body(pdu))
  return {
    version: readInteger(body(version, TAG.integer)),
    community: body(community, TAG.octetString).toString('latin1'),
    type: pdu?.tag ?? 0,
    id: body(id, TAG.integer),
    nonRepeaters: readInteger(body(second, TAG.integer)),
    maxRepetitions: readInteger(body(third, TAG.integer)),
    asked: readElements(body(list, TAG.sequence)).map(readBinding),
  }
}

function readBinding(binding: { tag: number; body: Buffer; whole: Buffer }): Asked {
  const [name] = readElements(body(binding, TAG.sequence))
  return {
    key: keyOf(readOid(body(name, TAG.oid))),
    oid: name?.whole ?? Buffer.alloc(0),
    whole: binding.whole,
  }
}

function body(element: { tag: number; body: Buffer } | undefined, tag = element?.tag): Buffer {
  if (!element || element.tag !== tag)
    throw new BerError('an element is missing or of another type')
  return element.body
}

/** The datagram that answers `request`. */
export function encodeReply(request: Request, reply: Reply): Buffer {
  return encode(
    TAG.sequence,
    encode(TAG.integer, integerBody(BigInt(request.version))),
    encode(TAG.octetString, Buffer.from(request.community, 'latin1')),
    encode(
      PDU.response,
      encode(TAG.integer, request.id),
      encode(TAG.integer, integerBody(BigInt(reply.error))),
      encode(TAG.integer, integerBody(BigInt(reply.index))),
      encode(TAG.sequence, ...reply.bindings),
    ),
  )
}
