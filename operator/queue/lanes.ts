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
  /** Of these, those that wait for somebody. */
  hanging: number
}

interface Ticket extends Waiting {
  order: number
}

/**
 * Who is next: edits before resyncs, the longest waiting first, among the lanes that have room. A key waits once; a
 * resync that becomes an edit moves to the end of the edits.
 *
 * There are so many places, and each lane has room for so many turns. One that hangs gives its place back, and lanes in
 * which some hang have no more than half of the places together: however many they are, the others go on.
 */
export class Lanes {
  readonly #places: number
  readonly #room: number
  readonly #lanes = new Map<string, Lane>()
  #order = 0
  #editsInARow = 0

  constructor(places: number, room: number) {
    this.#places = places
    this.#room = room
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

  /** A turn of the lane gives its place back, but not its room in the lane. */
  hang(name: string): void {
    this.#lane(name).hanging += 1
  }

  release(name: string, isHanging: boolean): void {
    const lane = this.#lane(name)
    lane.running -= 1
    if (isHanging) lane.hanging -= 1
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
    const fresh = { edit: new Map(), resync: new Map(), running: 0, hanging: 0 }
    const lane = this.#lanes.get(name) ?? fresh
    this.#lanes.set(name, lane)
    return lane
  }

  #first(priority: Priority): { name: string; lane: Lane; ticket: Ticket } | undefined {
    let first: { name: string; lane: Lane; ticket: Ticket } | undefined
    const free = this.#places - this.#taken(() => true)
    const freeForSlow = Math.max(1, this.#places / 2) - this.#taken(isSlow)
    for (const [name, lane] of this.#lanes) {
      const isFull = lane.running >= this.#room || free < 1 || (isSlow(lane) && freeForSlow < 1)
      if (isFull) continue
      const [ticket] = lane[priority].values()
      if (ticket && (!first || ticket.order < first.ticket.order)) first = { name, lane, ticket }
    }
    return first
  }

  /** How many places such lanes have. */
  #taken(isCounted: (lane: Lane) => boolean): number {
    const lanes = this.#lanes.values().filter(isCounted)
    return lanes.reduce((sum, { running, hanging }) => sum + running - hanging, 0)
  }
}

const isSlow = ({ hanging }: Lane) => hanging > 0
