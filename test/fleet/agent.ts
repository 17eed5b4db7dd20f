import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { BerError, encode, TAG } from './ber.ts'
import {
  type Asked,
  decodeRequest,
  ERROR,
  encodeReply,
  PDU,
  type Reply,
  type Request,
  V1,
  V2C,
} from './message.ts'
import { ARC_UNITS, type Entry, type Table } from './table.ts'

/** Bytes of a datagram that crosses Ethernet in one piece: 1500 less the headers of IPv4 and UDP. */
export const DATAGRAM_BYTES = 1472

/** Bytes of a message besides community and bindings, at most. */
const ENVELOPE_BYTES = 40

/** Gives the answers to one datagram, now, later or never. */
export type Responder = (datagram: Buffer, reply: (answer: Buffer) => void) => void

export interface AgentOptions {
  community: string
  /** The rows at this moment. */
  table: () => Table
  /** Told of every SET, which is always refused. */
  onSet?: () => void
}

/**
 * An SNMP v1 and v2c agent that can only be read. Whatever is no request for it (another community or version, no
 * BER) is left unanswered, as RFC 3584 section 5.2.1 wants it.
 */
export function makeAgent(options: AgentOptions): Responder {
  return (datagram, reply) => {
    const request = readRequest(datagram)
    if (!request || request.community !== options.community) return
    if (request.type === PDU.set) options.onSet?.()
    const answer = answerTo(request, options.table())
    if (answer) reply(encodeReply(request, answer))
  }
}

function readRequest(datagram: Buffer): Request | undefined {
  try {
    return decodeRequest(datagram)
  } catch (error) {
    if (error instanceof BerError) return undefined
    throw error
  }
}

/** What the agent says to a request (RFC 1157 section 4.1, RFC 3416 section 4.2); undefined: nothing. */
export function answerTo(request: Request, table: Table): Reply | undefined {
  if (request.version !== V1 && request.version !== V2C) return undefined
  switch (request.type) {
    case PDU.get:
      return fit(
        request,
        answerEach(request, asked => table.get(asked.key), missing(table)),
      )
    case PDU.next:
      return fit(request, answerEach(request, successor(request, table), atEnd))
    case PDU.bulk:
      return request.version === V1 ? undefined : answerBulk(request, table)
    case PDU.set:
      return refuse(request, request.version === V1 ? ERROR.readOnly : ERROR.notWritable, 1)
    default:
      return undefined
  }
}

type Find = (asked: Asked) => Entry | undefined

function answerEach(request: Request, find: Find, exception: (asked: Asked) => Buffer): Reply {
  const bindings: Buffer[] = []
  for (const [at, asked] of request.asked.entries()) {
    const entry = readable(request, find(asked))
    if (!entry && request.version === V1) return refuse(request, ERROR.noSuchName, at + 1)
    bindings.push(entry?.binding ?? exception(asked))
  }
  return { error: ERROR.none, index: 0, bindings }
}

/** Version 1 has no Counter64: to it such a row does not exist (RFC 3584 section 4.2.2.1). */
function readable(request: Request, entry: Entry | undefined): Entry | undefined {
  return entry?.tag === TAG.counter64 && request.version === V1 ? undefined : entry
}

function successor(request: Request, table: Table): Find {
  return ({ key }) => {
    let entry = table.after(key)
    while (entry && !readable(request, entry)) entry = table.after(entry.key)
    return entry
  }
}

/**
 * noSuchInstance where rows of the same column are there, noSuchObject elsewhere. Without the MIB the column is taken
 * to be the identifier less its last arc.
 */
function missing(table: Table): (asked: Asked) => Buffer {
  return asked => {
    const column = asked.key.slice(0, -ARC_UNITS)
    const isKnown = table.after(column)?.key.startsWith(column) ?? false
    return exceptionFor(asked, isKnown ? TAG.noSuchInstance : TAG.noSuchObject)
  }
}

const atEnd = (asked: Asked): Buffer => exceptionFor(asked, TAG.endOfMibView)

function exceptionFor(asked: Asked, tag: number): Buffer {
  return encode(TAG.sequence, asked.oid, encode(tag))
}

/** GETBULK (RFC 3416 section 4.2.3): as many bindings as fit into one datagram. */
function answerBulk(request: Request, table: Table): Reply {
  const bindings: Buffer[] = []
  let room = roomFor(request)
  for (const binding of bulkBindings(request, table)) {
    room -= binding.length
    if (room < 0 && bindings.length > 0) break
    bindings.push(binding)
  }
  return { error: ERROR.none, index: 0, bindings }
}

function* bulkBindings(request: Request, table: Table): Generator<Buffer> {
  const single = Math.max(0, request.nonRepeaters)
  for (const asked of request.asked.slice(0, single)) yield step(table, asked).binding
  let columns = request.asked.slice(single)
  for (let turn = 0; turn < request.maxRepetitions; turn++) {
    const steps = columns.map(asked => step(table, asked))
    yield* steps.map(({ binding }) => binding)
    if (steps.every(({ isEnd }) => isEnd)) return
    columns = steps.map(({ next }) => next)
  }
}

/** The row behind `asked`, and what to ask from there. */
function step(table: Table, asked: Asked): { binding: Buffer; next: Asked; isEnd: boolean } {
  const entry = table.after(asked.key)
  if (!entry) return { binding: atEnd(asked), next: asked, isEnd: true }
  const next = { ...asked, key: entry.key, oid: oidOf(entry.binding) }
  return { binding: entry.binding, next, isEnd: false }
}

/** The encoded identifier inside of an encoded binding; identifiers are shorter than 128 bytes here. */
function oidOf(binding: Buffer): Buffer {
  const first = binding[1] ?? 0
  const start = first < 0x80 ? 2 : 2 + (first & 0x7f)
  return binding.subarray(start, start + 2 + (binding[start + 1] ?? 0))
}

/** The reply, or tooBig; one value that is larger than a frame is sent alone, in fragments. */
function fit(request: Request, reply: Reply): Reply {
  const bytes = reply.bindings.reduce((sum, binding) => sum + binding.length, 0)
  if (bytes <= roomFor(request) || reply.bindings.length === 1) return reply
  return refuse(request, ERROR.tooBig, 0)
}

const roomFor = (request: Request): number =>
  DATAGRAM_BYTES - ENVELOPE_BYTES - request.community.length

function refuse(request: Request, error: number, index: number): Reply {
  // RFC 3416 section 4.2.1: tooBig comes without bindings; other errors send back what was asked.
  const isEmpty = error === ERROR.tooBig && request.version !== V1
  return { error, index, bindings: isEmpty ? [] : request.asked.map(asked => asked.whole) }
}

/** An agent on its socket. */
export interface Endpoint {
  port: number
  close(): Promise<void>
}

/**
 * Listens on UDP `address:port` (0: any free port). Fails with a sentence when the port is taken or needs privilege.
 */
export async function listen(
  address: string,
  port: number,
  responder: Responder,
): Promise<Endpoint> {
  const socket = createSocket('udp4')
  let isOpen = true
  socket.on('message', (datagram, from) => {
    responder(datagram, answer => {
      if (isOpen) socket.send(answer, from.port, from.address) // a slow printer may be late for it
    })
  })
  await bind(socket, address, port)
  // A manager that is gone (ICMP port unreachable) is none of the printer's trouble.
  socket.on('error', () => {})
  return {
    port: socket.address().port,
    close: async () => {
      isOpen = false
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
}

async function bind(socket: Socket, address: string, port: number): Promise<void> {
  try {
    const listening = once(socket, 'listening')
    socket.bind(port, address)
    await listening
  } catch (error) {
    socket.close()
    throw new Error(`cannot listen on UDP ${address}:${port}: ${bindFailure(error)}`, {
      cause: error,
    })
  }
}

function bindFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return 'the port is in use; choose another one or stop what uses it'
  if (code === 'EMFILE')
    return 'too many files are open; raise ulimit -n, or ask for fewer printers'
  if (code === 'EACCES') return 'ports below 1024 need root; choose a port from 1024 on'
  return error instanceof Error ? error.message : String(error)
}
