import { tidyText } from '@platen/protocol'
import type { Rows, SnmpValue } from '../snmp/index.ts'
import { decode } from './charset.ts'
import { column, wholeNumber } from './rows.ts'

/** What recorders put in place of a value that they hide: it says nothing about the device. */
const MASKS = /^(?:<private>|<?redacted>?)$/i

/**
 * A string of the device as text that a report takes: decoded, without padding, line feeds and controls. Undefined when
 * nothing remains.
 */
export function readText(value: SnmpValue | undefined, charset?: number): string | undefined {
  if (value === undefined || typeof value === 'number') return undefined
  const raw = typeof value === 'string' ? value : decode(withoutHexDump(value), charset)
  // Firmware written in C pads with NUL, and leaves what stood behind it before.
  const [content = ''] = raw.split('\0', 1)
  const text = tidyText(content.replace(/[\s\p{Cc}]+/gu, ' '))
  return text === undefined || MASKS.test(text) ? undefined : text
}

const FIRST_LINE = 16 // octets of a string that snmpwalk prints on the first line of a hex dump
const REST = /^(?:[0-9A-F]{2}[ \n]*)+$/

/**
 * Some recorders read snmpwalk's hex dump line by line: only the first 16 octets were turned back, the rest stayed hex,
 * behind a line feed. "Cyan Cartridge 8\n32 37 41 00 " is "Cyan Cartridge 827A".
 */
function withoutHexDump(bytes: Uint8Array): Uint8Array {
  if (bytes[FIRST_LINE] !== 0x0a) return bytes
  const rest = Buffer.from(bytes.subarray(FIRST_LINE + 1)).toString('latin1')
  if (!REST.test(rest)) return bytes
  const turned = Buffer.from(rest.replace(/[^0-9A-F]/g, ''), 'hex')
  return Buffer.concat([bytes.subarray(0, FIRST_LINE), turned])
}

/**
 * MIBenum of the character set in which the device's current localization speaks (RFC 3805, prtLocalizationTable);
 * without a current one, that of its first.
 */
export function charsetOf(rows: Rows): number | undefined {
  const sets = column(rows, 'prtLocalizationCharacterSet')
  const [current] = column(rows, 'prtGeneralCurrentLocalization')
  const [first] = sets.values()
  return wholeNumber((current && sets.get(`${current[0]}.${current[1]}`)) ?? first)
}
