import { COLUMNS, type ColumnName, SYSTEM } from '../reading/objects.ts'
import type { Rows, SnmpValue } from '../snmp/index.ts'

type Table = Record<string, SnmpValue>
type Content = Partial<Record<ColumnName, Table> & Record<keyof typeof SYSTEM, string>>

const OIDS = new Set<string>(['sysObjectID', 'hrDeviceType'])

/** An agent's rows by MIB names; texts become octets, as they come from an agent. */
export function rowsOf(content: Content, more: Table = {}): Rows {
  const rows = new Map<string, SnmpValue>()
  const set = (name: string, oid: string, value: SnmpValue) =>
    rows.set(oid, typeof value === 'string' && !OIDS.has(name) ? Buffer.from(value) : value)
  for (const [name, oid] of Object.entries(SYSTEM)) {
    const value = content[name as keyof typeof SYSTEM]
    if (value !== undefined) set(name, oid, value)
  }
  for (const [name, base] of Object.entries(COLUMNS)) {
    const table = content[name as ColumnName] ?? {}
    for (const [index, value] of Object.entries(table)) set(name, `${base}.${index}`, value)
  }
  for (const [oid, value] of Object.entries(more)) set('', oid, value)
  return rows
}
