import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Rows, SnmpValue } from '../snmp/index.ts'

/** Recordings of real printers, beside the project where somebody has them; no part of it. */
export const RECORDINGS = new URL('../../../shared/printers/', import.meta.url)
export const hasRecordings = existsSync(RECORDINGS)

/** Folders of the recordings. */
export function recordingNames(): string[] {
  const entries = readdirSync(RECORDINGS, { withFileTypes: true })
  return entries.filter(entry => entry.isDirectory()).map(({ name }) => name)
}

/** The rows of a recording as an agent would give them. */
export function loadRows(name: string, file = 'walk.snmprec'): Rows {
  const rows = new Map<string, SnmpValue>()
  for (const line of readFileSync(new URL(`${name}/${file}`, RECORDINGS), 'latin1').split(
    /\r?\n/,
  )) {
    const [, oid, type, isHex, value] = /^([\d.]+)\|(\d+)(x?)\|(.*)$/.exec(line) ?? []
    if (oid && type && value !== undefined) rows.set(oid, toValue(type, value, isHex === 'x'))
  }
  return rows
}

/** snmpsim's types: 2 INTEGER, 6 OID, 64 IpAddress, 65 to 67 counters, 70 Counter64, 4 octets. */
function toValue(type: string, value: string, isHex: boolean): SnmpValue {
  if (['2', '65', '66', '67', '70'].includes(type)) return Number(value)
  if (type === '6' || type === '64') return value
  return Buffer.from(value, isHex ? 'hex' : 'latin1')
}
