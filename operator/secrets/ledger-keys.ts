import type { Data } from './secret.ts'

/** As in `status.ledgerKeys` of a Region. */
export interface LedgerKey {
  id: string
  /** PEM. */
  publicKey: string
  /** RFC 3339. */
  since: string
}

/** Of the Secret's `keys.json`. */
export function readKeys({ 'keys.json': json = '[]' }: Data): LedgerKey[] {
  return JSON.parse(json)
}

/** Every key once; those of `current` stand last. */
export function mergeKeys(
  published: readonly LedgerKey[],
  current: readonly LedgerKey[],
): LedgerKey[] {
  const others = published.filter(({ id }) => !current.some(key => key.id === id))
  return [...others, ...current]
}
