import type { Transaction } from '../connect.ts'
import { identify } from '../devices/identify.ts'
import { TransientError } from '../errors.ts'
import { refuseTime } from '../partitions.ts'
import type { DeviceRow, Entry, MonitorRow, ReceivedReport, WriteOutcome } from './entry.ts'
import { updateIncidents } from './incident-history.ts'
import { updateMonitors } from './monitors.ts'
import { insertReadings } from './readings.ts'
import {
  type Earlier,
  findReceived,
  keepRefusals,
  lockMonitors,
  markReceived,
  type Refused,
} from './received.ts'
import { lockDevices, updateState } from './state.ts'

/** Stores reports within a transaction: a constant number of statements, however many reports there are. */
export async function store(
  tx: Transaction,
  received: ReceivedReport[],
  now: Date,
): Promise<WriteOutcome[]> {
  // Plans are made once, while tables may still be small, and kept: a scan of the whole table is never right here.
  await tx.unsafe('set local enable_seqscan = off')
  const names = received.map(({ monitor }) => monitor)
  const monitors = await lockMonitors(tx, names)
  const earlier = await findReceived(tx, received, monitors)
  const outcomes = judge(received, monitors, earlier, now)

  const fresh = received.flatMap(({ monitor, report }, i): Entry[] => {
    const row = monitors.get(monitor)
    return row && outcomes[i]?.result === 'stored' ? [{ monitor: row, report }] : []
  })
  const { entries, devices } = await findDevices(tx, fresh)
  if (devices.size > 0) {
    await insertReadings(tx, entries)
    await updateState(tx, devices, entries)
    await updateIncidents(tx, devices, entries)
  }
  await updateMonitors(tx, [...monitors.values()], entries)
  await markReceived(
    tx,
    entries.map(({ monitor, report: { epoch, seq } }) => ({ monitorId: monitor.id, epoch, seq })),
  )
  const refused = received.flatMap((entry, i) =>
    refusalOf(entry, monitors, earlier[i], outcomes[i]),
  )
  await keepRefusals(tx, refused)
  return outcomes
}

/** What becomes of each report, as far as it can be told before writing it. */
function judge(
  received: ReceivedReport[],
  monitors: Map<string, MonitorRow>,
  earlier: (Earlier | undefined)[],
  now: Date,
): WriteOutcome[] {
  const seen = new Map<string, WriteOutcome>()
  return received.map(({ monitor, report }, i) => {
    if (!monitors.has(monitor)) return refuse('the monitor is not known here')
    const known = earlier[i]
    if (known) return again(known)
    const name = `${monitor}/${report.epoch}/${report.seq}`
    const twin = seen.get(name)
    if (twin) return twin.result === 'stored' ? DUPLICATE : twin
    const outcome = judgeTime(report.observedAt, now)
    seen.set(name, outcome)
    return outcome
  })
}

function again({ code, reason }: Earlier): WriteOutcome {
  return code === null ? DUPLICATE : refuse(reason ?? '', code)
}

function judgeTime(observedAt: string, now: Date): WriteOutcome {
  const reason = refuseTime(observedAt, now)
  return reason === undefined ? { result: 'stored' } : refuse(reason)
}

const DUPLICATE: WriteOutcome = { result: 'duplicate' }

function refuse(reason: string, code: Refused['code'] = 'unacceptable'): WriteOutcome {
  return { result: 'refused', code, reason }
}

/** What is to be kept of a report that is refused now; nothing if it was kept before or its monitor is not known. */
function refusalOf(
  { monitor, report: { epoch, seq } }: ReceivedReport,
  monitors: Map<string, MonitorRow>,
  earlier: Earlier | undefined,
  outcome: WriteOutcome | undefined,
): Refused[] {
  const monitorId = monitors.get(monitor)?.id
  if (monitorId === undefined || earlier || outcome?.result !== 'refused') return []
  return [{ monitorId, epoch, seq, code: outcome.code, reason: outcome.reason }]
}

/** Times to look again when another transaction merges a device away between finding and locking it. */
const ATTEMPTS = 5

async function findDevices(tx: Transaction, fresh: Entry[]) {
  const sightings = fresh.flatMap(({ monitor, report: { device: key, observedAt, asset } }) =>
    key === undefined
      ? []
      : [{ monitorId: monitor.id, siteId: monitor.siteId, key, observedAt, asset }],
  )
  if (sightings.length === 0) return { entries: fresh, devices: new Map<string, DeviceRow>() }
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const deviceIds = await identify(tx, sightings)
    const distinct = [...new Set(deviceIds)]
    const devices = await lockDevices(tx, distinct)
    if (devices.size < distinct.length) continue
    const ids = deviceIds.values()
    const entries = fresh.map(entry => {
      const deviceId = entry.report.device === undefined ? undefined : ids.next().value
      return deviceId === undefined ? entry : { ...entry, deviceId }
    })
    return { entries, devices }
  }
  throw new TransientError('cannot find the devices: they are being merged; send again later')
}
