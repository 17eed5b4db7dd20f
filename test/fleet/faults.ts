import { setTimeout as delay } from 'node:timers'
import { type AgentOptions, makeAgent, type Responder } from './agent.ts'
import { integer, parseOid } from './ber.ts'
import { type Entry, entryOf, keyOf, type Table } from './table.ts'

/**
 * Devices that behave wrongly. `silent` never answers; `garbage` answers bytes that are no SNMP; `loop` answers GETNEXT
 * and GETBULK with the row that was asked from, so identifiers never increase; `endless` has an alert table without an
 * end; `slow` answers rightly, SLOW_MS late.
 */
export const FAULTS = ['silent', 'garbage', 'loop', 'endless', 'slow'] as const
export type Fault = (typeof FAULTS)[number]

export const SLOW_MS = 3000

/** The agent of a device with this fault. */
export function makeFaultyAgent(fault: Fault, options: AgentOptions): Responder {
  switch (fault) {
    case 'silent':
      return () => {}
    case 'garbage':
      return (datagram, reply) => reply(scramble(datagram))
    case 'loop':
      return makeAgent({ ...options, table: () => looping(options.table()) })
    case 'endless':
      return makeAgent({ ...options, table: () => endless(options.table()) })
    case 'slow':
      return late(makeAgent(options))
  }
}

/** Begins as the request does, so that it is taken for a message until the second element. */
function scramble(datagram: Buffer): Buffer {
  return Buffer.from(datagram.map((byte, at) => (at < 2 ? byte : byte ^ 0x55)))
}

function looping(table: Table): Table {
  return { get: table.get, after: key => table.get(key) ?? table.after(key) }
}

/** prtAlertSeverityLevel of hrDeviceIndex 1: warning(4) for each index from 1 on. */
const ENDLESS = '1.3.6.1.2.1.43.18.1.1.2.1'
const ENDLESS_KEY = keyOf(parseOid(ENDLESS))

function endless(table: Table): Table {
  return { get: table.get, after: key => endlessAfter(table, key) }
}

function endlessAfter(table: Table, key: string): Entry | undefined {
  if (key.startsWith(ENDLESS_KEY)) return severityRow(lastArc(key) + 1)
  const next = table.after(key)
  return key < ENDLESS_KEY && (!next || next.key > ENDLESS_KEY) ? severityRow(1) : next
}

const severityRow = (index: number): Entry => entryOf([`${ENDLESS}.${index}`, integer(4)])

/** The arc behind the endless column, or 0 for the column itself. */
function lastArc(key: string): number {
  if (key.length === ENDLESS_KEY.length) return 0
  return key.charCodeAt(key.length - 2) * 0x10000 + key.charCodeAt(key.length - 1)
}

function late(responder: Responder): Responder {
  return (datagram, reply) =>
    responder(datagram, answer => {
      delay(() => reply(answer), SLOW_MS).unref()
    })
}
