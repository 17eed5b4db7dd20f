import { SnmpError } from './error.ts'
import type { Rows, SnmpValue } from './value.ts'
import type { Wire } from './wire.ts'

/** Objects of one request: its answer fits one Ethernet frame. */
const OBJECTS = 24

/** The values of these instances; what the agent does not have is absent. Rejects with SnmpError. */
export async function get(wire: Wire, oids: readonly string[]): Promise<Rows> {
  const rows = new Map<string, SnmpValue>()
  const queue: string[][] = []
  for (let at = 0; at < oids.length; at += OBJECTS) queue.push(oids.slice(at, at + OBJECTS))
  for (let asked = queue.shift(); asked; asked = queue.shift()) {
    queue.unshift(...(await ask(wire, asked, rows)))
  }
  return rows
}

/** One request; gives what must be asked again. */
async function ask(wire: Wire, asked: string[], rows: Map<string, SnmpValue>): Promise<string[][]> {
  try {
    const answer = await wire.get(asked)
    for (const { oid, value } of answer) {
      if (value !== undefined && asked.includes(oid)) rows.set(oid, value)
    }
    return []
  } catch (error) {
    if (!(error instanceof SnmpError)) throw error
    return askedAgain(asked, error)
  }
}

/** An agent of v1 refuses the whole request because of one object (RFC 1157 section 4.1.2): ask without it, or in halves. */
function askedAgain(asked: string[], error: SnmpError): string[][] {
  if (error.code !== 'refused' && error.code !== 'too-big') throw error
  if (asked.length === 1) return []
  if (error.oid !== undefined && asked.includes(error.oid)) {
    return [asked.filter(oid => oid !== error.oid)]
  }
  const middle = Math.ceil(asked.length / 2)
  return [asked.slice(0, middle), asked.slice(middle)]
}
