import type { Rows, SnmpSession } from '../snmp/index.ts'
import { DEVICE_ID_OIDS, readProfile } from './identity.ts'
import { COLUMNS, SYSTEM } from './objects.ts'

/**
 * Everything a reading needs, in few requests: scalars and device ids, the columns of the standard tables, then what
 * the vendor's profile names. Rejects with SnmpError.
 */
export async function ask(session: SnmpSession): Promise<Rows> {
  const scalars = await session.get([...Object.values(SYSTEM), ...DEVICE_ID_OIDS])
  const tables = await session.walk(Object.values(COLUMNS))
  const rows = new Map([...scalars, ...tables])
  const { model = [], serial = [], firmware = [] } = readProfile(rows) ?? {}
  const oids = [...model, ...serial, ...firmware].map(({ oid }) => oid)
  const vendor = oids.length > 0 ? await session.get(oids) : []
  return new Map([...rows, ...vendor])
}
