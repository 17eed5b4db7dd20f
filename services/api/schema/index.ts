import { builder } from './builder.ts'
import './scalars.ts'
import './device.ts'
import './devices.ts'
import './enrolment-code.ts'
import './incident.ts'
import './meter.ts'
import './monitor.ts'
import './residency-ledger.ts'
import './site.ts'
import './supply.ts'
import './supply-reading.ts'
import './tray.ts'

/** Every type of the API, each from the file of its noun. */
export const schema = builder.toSchema()
