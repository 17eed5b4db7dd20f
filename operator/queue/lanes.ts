/** A user's edit goes before a resync. */
export type Priority = 'edit' | 'resync'

export interface Waiting {
  key: string
  priority: Priority
  /** Since when, in the clock's milliseconds. */
  since: number
}

export interface Next extends Waiting {
  lane: string
}

/** So many edits in a row, then a resync has its turn: edits that never end must not starve the resyncs. */
export const EDITS_IN_A_ROW = 8

interface Lane {
  /** By key, in the order in which they came. */
  edit: Map<string, Ticket>
  resync: Map<string, Ticket>
  running: number
}

interface Ticket extends Waiting {
  order: number
}

/**
 * Who is next: edits before resyncs, the longest waiting first, among the lanes that have room. A key waits once; a
 * resync that becomes an edit moves to the end of the edits.
 */
export class Lanes {
  readonly #concurrency: number
  readonly #lanes = new Map<string, Lane>()
  #order = 0
  #editsInARow = 0

  constructor(concurrency: number) {
    this.#concurrency = concurrency
  }

  push(name: string, waiting: Waiting): void {
    const lane = this.#lane(name)
    const { key, priority } = waiting
    if (lane.edit.has(key) || (priority === 'resync' && lane.resync.has(key))) return
    const since = lane.resync.get(key)?.since ?? waiting.since
    lane.resync.delete(key)
    this.#order += 1
    lane[priority].set(key, { ...waiting, since, order: this.#order })
  }

  hasNext(): boolean {
    return this.#first('edit') !== undefined || this.#first('resync') !== undefined
  }

  /** The lane's room is taken until `release`. */
  take(): Next | undefined {
    const edit = this.#first('edit')
    const resync = this.#first('resync')
    const isResyncsTurn = this.#editsInARow >= EDITS_IN_A_ROW
    const next = (isResyncsTurn ? resync : edit) ?? edit ?? resync
    if (!next) return undefined
    const { name, lane, ticket } = next
    this.#editsInARow = ticket.priority === 'edit' && resync ? this.#editsInARow + 1 : 0
    lane[ticket.priority].delete(ticket.key)
    lane.running += 1
    const { order: _, ...waiting } = ticket
    return { ...waiting, lane: name }
  }

  release(name: string): void {
    const lane = this.#lane(name)
    lane.running -= 1
    if (lane.running + lane.edit.size + lane.resync.size === 0) this.#lanes.delete(name)
  }

  depth(): Record<Priority, number> {
    const depth = { edit: 0, resync: 0 }
    for (const lane of this.#lanes.values()) {
      depth.edit += lane.edit.size
      depth.resync += lane.resync.size
    }
    return depth
  }

  clear(): void {
    this.#lanes.clear()
  }

  #lane(name: string): Lane {
    const lane = this.#lanes.get(name) ?? { edit: new Map(), resync: new Map(), running: 0 }
    this.#lanes.set(name, lane)
    return lane
  }

  #first(priority: Priority): { name: string; lane: Lane; ticket: Ticket } | undefined {
    let first: { name: string; lane: Lane; ticket: Ticket } | undefined
    for (const [name, lane] of this.#lanes) {
      if (lane.running >= this.#concurrency) continue
      const [ticket] = lane[priority].values()
      if (ticket && (!first || ticket.order < first.ticket.order)) first = { name, lane, ticket }
    }
    return first
  }
}
