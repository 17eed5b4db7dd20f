import type { Rows } from '../snmp/index.ts'
import { fit } from './fit.ts'
import { readAsset } from './identity.ts'
import { readIncidents } from './incidents.ts'
import { readMeters } from './meters.ts'
import type { Reading } from './reading.ts'
import { readSupplies } from './supplies.ts'
import { charsetOf } from './text.ts'
import { readTrays } from './trays.ts'

/**
 * From an agent's rows to the sections of a report; `address` is where it was read. Where one agent holds several
 * printers, supplies, trays and incidents are those of all (their indexes tell which), identity and meters of the first.
 */
export function normalise(rows: Rows, address: string): Reading {
  const charset = charsetOf(rows)
  return fit({
    asset: readAsset(rows, address, charset),
    meters: readMeters(rows),
    supplies: readSupplies(rows, charset),
    trays: readTrays(rows, charset),
    incidents: readIncidents(rows, charset),
  })
}
