/** The address behind a DNS name; undefined: there is none. Rejects when nobody can tell. */
export type LookUp = (name: string) => Promise<string | undefined>

export interface AddressBook {
  /**
   * Looks up the names whose time has come, and forgets those that are not among them any more. True when a name has
   * another address than before, or none any more.
   */
  refresh(names: readonly string[]): Promise<boolean>
  /** @param before what another book knew; it counts where this one knows nothing yet */
  addressOf(name: string, before?: string): string | undefined
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
  /** Since when every answer was that there is none. */
  deniedSince: number | undefined
  /** It was denied for so long that no address of before counts. */
  isGone: boolean
}

/** A Service keeps its address for life; only one that was made anew has another. */
const AGAIN_MS = 60_000
/** One without an address is about to get one. */
const SOON_MS = 5_000
/**
 * One that has been denied for so long is gone, and another tenant's Service may have its address by now. One answer is not
 * enough: a Service that is made anew is away for a moment, and one of several name servers may not know it yet.
 */
const GONE_MS = 60_000
const AT_ONCE = 64
/** A refresh begins no further look-up after this time, so that a removed route need not wait for a dead name server. */
const TURN_MS = 2_000

/**
 * Addresses of many names, a few looked up at a time. An address once known is kept until there is another, or until the
 * name is denied for a minute: a name server that is away takes no route from a tenant.
 */
export function createAddressBook(options: AddressBookOptions): AddressBook {
  const { lookUp, now = () => performance.now() } = options
  let entries = new Map<string, Entry>()

  let kept: readonly string[] = []

  function keep(names: readonly string[]): void {
    if (names === kept) return
    kept = names
    entries = new Map(names.map(name => [name, entries.get(name) ?? unknownAt(now())]))
  }

  /** True when it has another address than before, or none any more. */
  async function look(name: string, entry: Entry): Promise<boolean> {
    const { address, isGone } = entry
    const isKnown = await lookUp(name).then(
      answer => hear(entry, answer),
      () => {
        entry.deniedSince = undefined
        return false
      },
    )
    entry.due = now() + (isKnown ? AGAIN_MS : SOON_MS) * (0.5 + Math.random() / 2)
    return entry.address !== address || entry.isGone !== isGone
  }

  /** True when the answer is an address. */
  function hear(entry: Entry, answer: string | undefined): boolean {
    if (answer !== undefined) {
      Object.assign(entry, { address: answer, deniedSince: undefined, isGone: false })
      return true
    }
    entry.deniedSince ??= now()
    if (now() - entry.deniedSince >= GONE_MS) {
      Object.assign(entry, { address: undefined, isGone: true })
    }
    return false
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
    addressOf(name, before) {
      const entry = entries.get(name)
      return entry?.isGone ? undefined : (entry?.address ?? before)
    },
  }
}

function unknownAt(due: number): Entry {
  return { address: undefined, due, deniedSince: undefined, isGone: false }
}

function unknownFirst([, a]: [string, Entry], [, b]: [string, Entry]): number {
  return Number(a.address !== undefined) - Number(b.address !== undefined) || a.due - b.due
}
