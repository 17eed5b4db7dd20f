import { SnmpError } from './error.ts'
import { compareOids, isWithin } from './oid.ts'
import type { Rows, SnmpValue } from './value.ts'
import type { Binding, Wire } from './wire.ts'

/** How much one walk may bring before the agent is taken for broken. */
export interface Bounds {
  /** Objects of one column. */
  rows: number
  /** Octets of all identifiers and strings. */
  bytes: number
}

export const BOUNDS: Bounds = { rows: 512, bytes: 512 * 1024 }

// 36 objects of a printer's tables are about 1,300 octets: one Ethernet frame, whose loss is not multiplied.
const OBJECTS = 36
const COLUMNS = 12
// What is asked of an agent that was silent: perhaps long answers do not reach us.
const FEW_OBJECTS = 8

interface Column {
  base: string
  cursor: string
  rows: number
  isDone: boolean
}

interface Walk {
  wire: Wire
  bounds: Bounds
  rows: Map<string, SnmpValue>
  bytes: number
  /** Objects asked for in one request. */
  objects: number
}

/**
 * All objects below each of the columns, several columns in one request. Never leaves a column's subtree, never goes
 * backwards (RFC 3416 section 4.2.3), never beyond the bounds. Rejects with SnmpError.
 */
export async function walk(
  wire: Wire,
  columns: readonly string[],
  bounds: Bounds = BOUNDS,
): Promise<Rows> {
  const state: Walk = { wire, bounds, rows: new Map(), bytes: 0, objects: OBJECTS }
  let open = columns.map(base => ({ base, cursor: base, rows: 0, isDone: false }))
  while (open.length > 0) {
    const asked = open.slice(0, Math.min(COLUMNS, state.objects))
    const answer = await ask(state, asked)
    for (const [at, binding] of answer.entries()) take(state, asked[at % asked.length], binding)
    open = open.filter(column => !column.isDone)
  }
  return state.rows
}

/** One request. An empty answer means: ask again, differently; what stood in the way is done or made smaller. */
async function ask(state: Walk, asked: Column[]): Promise<Binding[]> {
  const repetitions = Math.max(1, Math.floor(state.objects / asked.length))
  try {
    const answer = await state.wire.next(
      asked.map(column => column.cursor),
      repetitions,
    )
    if (answer.length === 0) throw new SnmpError('invalid', 'cannot read a table: an empty answer')
    return answer
  } catch (error) {
    if (!(error instanceof SnmpError)) throw error
    recover(state, asked, error)
    return []
  }
}

function recover(state: Walk, asked: Column[], error: SnmpError): void {
  const { code } = error
  const isMute = code === 'timeout' && state.objects > FEW_OBJECTS && state.rows.size > 0
  if (isMute) state.objects = FEW_OBJECTS
  else if (code === 'too-big' && state.objects > 1) state.objects = Math.floor(state.objects / 2)
  else if (code === 'too-big' || code === 'refused') giveUp(state, asked, error.oid)
  else throw error
}

/** An agent of v1 says that a table ended by refusing the whole request and naming the object (RFC 1157 section 4.1.3). */
function giveUp(state: Walk, asked: Column[], oid: string | undefined): void {
  const [first] = asked
  const culprit =
    asked.find(column => column.cursor === oid) ?? (asked.length === 1 ? first : undefined)
  if (culprit) culprit.isDone = true
  else state.objects = 1
}

function take(state: Walk, column: Column | undefined, { oid, value, isMissing }: Binding): void {
  if (!column || column.isDone) return
  // Some agents end a table by NULL under the identifier that was asked.
  const isEnd = isMissing || (value === undefined && oid === column.cursor)
  if (isEnd || oid === column.base || !isWithin(column.base, oid)) {
    column.isDone = true
    return
  }
  if (compareOids(oid, column.cursor) <= 0) {
    throw new SnmpError('endless', 'cannot read a table: its rows are not in order', {
      oid: column.base,
    })
  }
  column.cursor = oid
  column.rows++
  if (value !== undefined) state.rows.set(oid, value)
  state.bytes += oid.length + sizeOf(value)
  if (column.rows > state.bounds.rows || state.bytes > state.bounds.bytes) {
    throw new SnmpError('endless', 'cannot read a table: it does not end', { oid: column.base })
  }
}

function sizeOf(value: SnmpValue | undefined): number {
  return typeof value === 'number' || value === undefined ? 4 : value.length
}
