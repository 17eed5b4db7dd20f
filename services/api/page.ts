import type { Keyed, KeysetPage } from '@platen/database'
import { decodeCursor, encodeCursor, type NamedOrder } from './cursor.ts'
import { badInput } from './errors.ts'
import { LIMITS } from './limits.ts'

/** Relay's paging arguments. */
export interface PageArguments {
  first?: number | null | undefined
  after?: string | null | undefined
  last?: number | null | undefined
  before?: string | null | undefined
}

/** A page's items when neither `first` nor `last` is given. */
const DEFAULT_ITEMS = 20

/**
 * The rows to read for a page: one more than it has, by which the page knows whether there is another. Throws badInput
 * for a size out of bounds and for a cursor of another list.
 */
export function pageToRead(args: PageArguments, order: NamedOrder): KeysetPage & { limit: number } {
  const { first, last, after, before } = args
  if (typeof first === 'number' && typeof last === 'number') {
    throw badInput(
      'cannot give both first and last: give first to page forward, last to page backward',
    )
  }
  return {
    limit: itemsOf(args) + 1,
    after: typeof after === 'string' ? decodeCursor(order, after) : undefined,
    before: typeof before === 'string' ? decodeCursor(order, before) : undefined,
    backward: typeof last === 'number',
  }
}

/** Rows that were read for `page` as a Relay connection. */
export function connectionOf<T extends Keyed>(rows: T[], page: KeysetPage, order: NamedOrder) {
  const { limit, backward = false } = page
  const hasMore = rows.length === limit
  const items = hasMore ? rows.slice(0, -1) : rows
  if (backward) items.reverse()
  const edges = items.map(node => ({ cursor: encodeCursor(order, node.key), node }))
  return {
    edges,
    pageInfo: {
      // Towards where the page came from nothing was read; the cursor itself is an item there.
      hasNextPage: backward ? page.before !== undefined : hasMore,
      hasPreviousPage: backward ? hasMore : page.after !== undefined,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}

/** For the query's cost: as many as the page can have. */
export function mostItems({ first, last }: PageArguments): number {
  return Math.min(Math.max(first ?? last ?? DEFAULT_ITEMS, 1), LIMITS.page)
}

function itemsOf({ first, last }: PageArguments): number {
  const [name, items] =
    typeof last === 'number' ? ['last', last] : ['first', first ?? DEFAULT_ITEMS]
  if (items >= 0 && items <= LIMITS.page) return items
  throw badInput(
    `cannot read a page of ${items} items: ${name} is 0 to ${LIMITS.page}; page through with ${last ? 'before' : 'after'}`,
  )
}

/** The same for one page of each device, in the order of `deviceIds`: what a loader returns. */
export function connectionsOf<T extends Keyed & { deviceId: string }>(
  deviceIds: readonly string[],
  rows: T[],
  page: KeysetPage,
  order: NamedOrder,
) {
  const rowsOf = Map.groupBy(rows, row => row.deviceId)
  return deviceIds.map(id => connectionOf(rowsOf.get(id) ?? [], page, order))
}
