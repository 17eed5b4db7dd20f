import type { Transaction } from './connect.ts'

/** No reading has expired yet. */
export const NEVER = '-infinity'

/** The time, as PostgreSQL takes it, before which readings were deleted; or `NEVER`. */
export async function expiryOf(tx: Transaction): Promise<string> {
  const [row] = await tx<{ before: string }[]>`select before::text from expiry`
  return row?.before ?? NEVER
}
