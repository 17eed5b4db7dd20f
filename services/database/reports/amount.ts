import type { Amount } from '@platen/protocol'

/** An amount in two columns: a number, or the kind of what is no number; both null: unknown. */
export function amountColumns(amount: Amount | undefined): [number | null, string | null] {
  if (amount === undefined) return [null, null]
  return typeof amount === 'number' ? [amount, null] : [null, amount]
}
