import { isContentError, isDefect } from '../errors.ts'

/** In the place of what became of a report that failed alone, twice: why. */
export interface Unstorable {
  unstorable: Error
}

/**
 * Writes entries as a whole; where one of them makes that fail, halves them until those that fail by themselves are
 * found, and all others are written. Throws every error that no entry can cause by what it says.
 */
export async function isolate<Entry, Outcome>(
  entries: Entry[],
  write: (entries: Entry[]) => Promise<Outcome[]>,
): Promise<(Outcome | Unstorable)[]> {
  try {
    return await write(entries)
  } catch (error) {
    if (!isOwnFault(error)) throw error
    if (entries.length === 1) return await writeAgain(entries, write)
    const middle = Math.ceil(entries.length / 2)
    const first = await isolate(entries.slice(0, middle), write)
    return [...first, ...(await isolate(entries.slice(middle), write))]
  }
}

/** To refuse it is final: it must not have failed by chance, e.g. for a partition that was missing just then. */
async function writeAgain<Entry, Outcome>(
  entries: Entry[],
  write: (entries: Entry[]) => Promise<Outcome[]>,
): Promise<(Outcome | Unstorable)[]> {
  try {
    return await write(entries)
  } catch (error) {
    if (!isOwnFault(error)) throw error
    return [{ unstorable: error }]
  }
}

function isOwnFault(error: unknown): error is Error {
  return isContentError(error) || isDefect(error)
}
