import { COLUMNS, type ColumnName, isColumnName, SYSTEM } from '../reading/objects.ts'
import type { Rows, SnmpValue } from '../snmp/index.ts'

type Table = Record<string, SnmpValue>
type Content = Partial<Record<ColumnName, Table> & Record<keyof typeof SYSTEM, string>>

const SCALARS = new Map<string, string>(Object.entries(SYSTEM))
// Their values are object identifiers, which stay as they are.
const OIDS = new Set<string>(['sysObjectID', 'hrDeviceType'])

/** An agent's rows by MIB names; texts become octets, as they come from an agent. */
export function rowsOf(content: Content, more: Table = {}): Rows {
  const rows = new Map<string, SnmpValue>()
  const set = (name: string, oid: string, value: SnmpValue) =>
    rows.set(oid, typeof value === 'string' && !OIDS.has(name) ? Buffer.from(value) : value)
  for (const [name, value] of Object.entries(content)) {
    if (typeof value === 'string') set(name, SCALARS.get(name) ?? '', value)
    else if (isColumnName(name)) {
      for (const [at, cell] of Object.entries(value)) set(name, `${COLUMNS[name]}.${at}`, cell)
    }
  }
  for (const [oid, value] of Object.entries(more)) set('', oid, value)
  return rows
}
