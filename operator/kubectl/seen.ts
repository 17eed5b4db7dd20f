import { Failure } from './failure.ts'
import { Refusal } from './refusal.ts'

/** What was read, or why it could not be: whoever has some rights only sees what they allow, and hears of the rest. */
export type Seen<T> = { value: T; why?: undefined } | { value?: undefined; why: string }

/** @throws what is no Failure. */
export async function see<T>(read: () => Promise<T>): Promise<Seen<T>> {
  try {
    return { value: await read() }
  } catch (error) {
    if (error instanceof Refusal) return { why: error.why }
    if (error instanceof Failure) return { why: error.message }
    throw error
  }
}

/** One sentence for each thing that was not seen, with its name. */
export function unseenIn(seen: Record<string, Seen<unknown>>): string[] {
  return Object.entries(seen).flatMap(([name, { why }]) =>
    why === undefined ? [] : [`${name}: not readable: ${why}`],
  )
}
