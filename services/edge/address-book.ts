/** The address behind a DNS name; undefined: there is none, or nobody could be asked. */
export type LookUp = (name: string) => Promise<string | undefined>

export interface AddressBook {
  /**
   * Looks up the names whose time has come, and forgets those that are not among them any more. True when a name has
   * another address than before.
   */
  refresh(names: readonly string[]): Promise<boolean>
  addressOf(name: string): string | undefined
}

export interface AddressBookOptions {
  lookUp: LookUp
  /** Milliseconds, of any origin. */
  now?: () => number
}

interface Entry {
  address: string | undefined
  /** When it is looked up again. */
  due: number
}

/** A Service keeps its address for life; only one that was made anew has another. */
const AGAIN_MS = 60_000
/** One without an address is about to get one. */
const SOON_MS = 5_000
const AT_ONCE = 64
/** A refresh begins no further look-up after this time, so that a removed route need not wait for a dead name server. */
const TURN_MS = 2_000

/**
 * Addresses of many names, a few looked up at a time. An address once known is kept until there is another: neither a name
 * server that is away nor one that has just started and knows nothing takes a route from a tenant.
 */
export function createAddressBook(options: AddressBookOptions): AddressBook {
  const { lookUp, now = () => performance.now() } = options
  let entries = new Map<string, Entry>()

  let kept: readonly string[] = []

  function keep(names: readonly string[]): void {
    if (names === kept) return
    kept = names
    const unknown = () => ({ address: undefined, due: now() })
    entries = new Map(names.map(name => [name, entries.get(name) ?? unknown()]))
  }

  /** True when it has another address than before. */
  async function look(name: string, entry: Entry): Promise<boolean> {
    const before = entry.address
    const address = await lookUp(name)
    entry.address = address ?? before
    const wait = address === undefined ? SOON_MS : AGAIN_MS
    entry.due = now() + wait * (0.5 + Math.random() / 2)
    return entry.address !== before
  }

  async function work(queue: Iterable<[string, Entry]>, begin: number): Promise<boolean> {
    let isChanged = false
    for (const [name, entry] of queue) {
      if (now() - begin > TURN_MS) return isChanged
      if (await look(name, entry)) isChanged = true
    }
    return isChanged
  }

  return {
    async refresh(names) {
      keep(names)
      const begin = now()
      const due = [...entries].filter(([, entry]) => entry.due <= begin).sort(unknownFirst)
      const queue = due.values()
      const changes = await Promise.all(Array.from({ length: AT_ONCE }, () => work(queue, begin)))
      return changes.includes(true)
    },
    addressOf: name => entries.get(name)?.address,
  }
}

function unknownFirst([, a]: [string, Entry], [, b]: [string, Entry]): number {
  return Number(a.address !== undefined) - Number(b.address !== undefined) || a.due - b.due
}
