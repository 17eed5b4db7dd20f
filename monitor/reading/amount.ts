import type { Amount } from '@platen/protocol'
import type { SnmpValue } from '../snmp/index.ts'
import { wholeNumber } from './rows.ts'

/**
 * A level or capacity of RFC 3805: -1 other (no restriction), -2 unknown, -3 some remaining. Any other negative number
 * has no meaning and is unknown.
 */
export function amount(value: SnmpValue | undefined): Amount | undefined {
  const number = wholeNumber(value)
  if (number === -1) return 'unlimited'
  if (number === -3) return 'some'
  return number !== undefined && number >= 0 ? number : undefined
}
