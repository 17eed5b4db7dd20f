import type { Device } from './identity.ts'
import { ERROR_BIT, KINDS, type SupplyModel, type TrayModel } from './models/model.ts'

/**
 * What a simulated device is like at one moment. A pure function of device and time, in closed form: nothing is kept,
 * so a fleet that is started again goes on where the clock is.
 *
 * A device prints a tenth of its tray, pauses, prints on: the course below. At the last pause the tray is empty; two
 * others are a jam and an open cover. Supplies are used up by pages and replaced a little after they are empty.
 */
export interface State {
  /** Seconds since the device was switched on. */
  upTime: number
  isPrinting: boolean
  pages: { total: number; monochrome: number; color: number }
  /** In the order of the model's supplies: prtMarkerSuppliesLevel. */
  supplies: number[]
  /** In the order of the model's trays: prtInputCurrentLevel. */
  trays: number[]
  /** Every condition that stands, whether or not the model tells of it in prtAlertTable. */
  alerts: Alert[]
  /** Alerts that have come since the simulated time began, all and critical ones. */
  events: { all: number; critical: number }
}

/** One row of prtAlertTable, and the error bit that stands with it. */
export interface Alert {
  /** prtAlertIndex: never used again. */
  index: number
  isCritical: boolean
  /** PrtAlertGroupTC and the row in that group's table. */
  group: number
  groupIndex: number
  /** PrtAlertCodeTC. */
  code: number
  description: string
  /** upTime at which it came. */
  since: number
  bit: number
}

/** PrtAlertGroupTC. */
const GROUP = { cover: 6, input: 8, supplies: 11, mediaPath: 13 } as const

/** What each pause of a tray's filling is for. */
const COURSE = [
  'rest',
  'rest',
  'rest',
  'jam',
  'rest',
  'rest',
  'cover',
  'rest',
  'rest',
  'empty',
] as const
const PAUSE_SECONDS = 90
/** An office's printer is not always busy: of the pages that it could print, one in fifteen. */
const IDLENESS = 15
/** Share of a supply's life at which it is said to be low, and that it is still used after it is empty. */
const LOW = 0.9
const OVERDUE = 0.02

/** The state at `seconds` of simulated time. */
export function stateOf(device: Device, seconds: number): State {
  const moment = momentOf(device, Math.max(0, seconds) + device.phase)
  const total = device.pagesAtStart + moment.printed
  const color = Math.floor(total * device.model.colorShare)
  const supplies = device.model.supplies.map((model, at) => supplyAt(device, at, model, total))
  const events = [...pauseEvents(device, moment), ...supplyEvents(device, supplies)]
  return {
    upTime: moment.time,
    isPrinting: !moment.isPaused,
    pages: { total, monochrome: total - color, color },
    supplies: supplies.map(supply => supply.level),
    trays: device.model.trays.map(tray => trayLevel(tray, moment)),
    alerts: events.flatMap(event => event.alert ?? []),
    events: {
      all: events.reduce((sum, event) => sum + event.count, 0),
      critical: events.reduce((sum, event) => sum + (event.isCritical ? event.count : 0), 0),
    },
  }
}

/** Where a device is in its course. */
interface Moment {
  time: number
  printed: number
  /** Pauses that have begun before this stretch of printing, or before this pause. */
  stretch: number
  isPaused: boolean
  pace: Pace
}

interface Pace {
  /** Pages of one stretch of printing: a tenth of the tray. */
  pages: number
  /** Seconds of that stretch, and of it with its pause. */
  printing: number
  whole: number
}

function paceOf(device: Device): Pace {
  const pages = Math.floor(device.model.trays[0].capacity / COURSE.length)
  const printing = (pages / device.model.pagesPerMinute) * 60 * IDLENESS
  return { pages, printing, whole: printing + PAUSE_SECONDS }
}

function momentOf(device: Device, time: number): Moment {
  const pace = paceOf(device)
  const stretch = Math.floor(time / pace.whole)
  const into = time - stretch * pace.whole
  const isPaused = into >= pace.printing
  const within = isPaused ? pace.pages : Math.floor((into / pace.printing) * pace.pages)
  return { time, printed: stretch * pace.pages + within, stretch, isPaused, pace }
}

/** The time at which `pages` had been printed; the last page of a stretch comes before the pause. */
function timeOfPage(pace: Pace, pages: number): number {
  const stretch = Math.ceil(pages / pace.pages) - 1
  return stretch * pace.whole + ((pages - stretch * pace.pages) / pace.pages) * pace.printing
}

function trayLevel(tray: TrayModel, moment: Moment): number {
  if (tray.level !== 'counted') return tray.level
  const filling = Math.floor(moment.stretch / COURSE.length) * COURSE.length
  return tray.capacity - (moment.printed - filling * moment.pace.pages)
}

/** A condition that comes again and again: how often it has come, and the alert if it stands. */
interface Event {
  count: number
  isCritical: boolean
  alert?: Alert
}

/** Numbers an alert so that no two of a device are ever alike: each kind of event has its own slot. */
function alertIndex(device: Device, slot: number, count: number): number {
  return count * slots(device) + slot + 1
}

const PAUSE_SLOTS = 4
const slots = (device: Device): number => PAUSE_SLOTS + 2 * device.model.supplies.length

const PAUSES = [
  { for: 'jam', group: GROUP.mediaPath, code: 8, description: 'Paper jam', bit: ERROR_BIT.jammed },
  { for: 'cover', group: GROUP.cover, code: 3, description: 'Cover open', bit: ERROR_BIT.doorOpen },
  {
    for: 'empty',
    group: GROUP.input,
    code: 808,
    description: 'Tray empty',
    bit: ERROR_BIT.noPaper,
  },
] as const

function pauseEvents(device: Device, moment: Moment): Event[] {
  const round = Math.floor(moment.stretch / COURSE.length)
  const place = moment.stretch % COURSE.length
  const start = (at: number) => round * COURSE.length * moment.pace.whole + at * moment.pace.whole
  const events: Event[] = PAUSES.map(({ for: what, ...alert }, slot) => {
    const at = COURSE.indexOf(what)
    const hasCome = place > at || (place === at && moment.isPaused)
    const index = alertIndex(device, slot, round)
    const since = start(at) + moment.pace.printing
    const stands = { ...alert, index, since, groupIndex: 1, isCritical: true }
    const count = round + (hasCome ? 1 : 0)
    return place === at && moment.isPaused
      ? { count, isCritical: true, alert: stands }
      : { count, isCritical: true }
  })
  return [...events, paperLow(device, moment, round, start(COURSE.length - 1))]
}

/** The last tenth of the tray. */
function paperLow(device: Device, moment: Moment, round: number, since: number): Event {
  const isLast = moment.stretch % COURSE.length === COURSE.length - 1
  if (!isLast) return { count: round, isCritical: false }
  if (moment.isPaused) return { count: round + 1, isCritical: false }
  const alert = {
    index: alertIndex(device, PAUSES.length, round),
    isCritical: false,
    group: GROUP.input,
    groupIndex: 1,
    code: 807,
    description: 'Tray almost empty',
    since,
    bit: ERROR_BIT.lowPaper,
  }
  return { count: round + 1, isCritical: false, alert }
}

interface Supply {
  model: SupplyModel
  level: number
  /** Supplies of this place that have been used up before. */
  round: number
  /** Share of its life that is gone; over 1 when it is overdue. */
  used: number
  /** Pages of the device at which this one was put in. */
  since: number
}

function supplyAt(device: Device, at: number, model: SupplyModel, total: number): Supply {
  const life = Math.ceil(model.pages * (1 + OVERDUE))
  const counted = total - device.pagesAtStart + Math.floor((device.used[at] ?? 0) * life)
  const round = Math.floor(counted / life)
  const used = (counted - round * life) / model.pages
  const since = total - (counted - round * life)
  return { model, level: supplyLevel(model, 1 - used), round, used, since }
}

/** prtMarkerSuppliesLevel; of a receptacle it is the room that is left (RFC 3805). */
function supplyLevel(model: SupplyModel, left: number): number {
  if (model.level === 'unknown') return -2
  if (model.level === 'some') return left > 0 ? -3 : 0
  const amount = Math.max(0, left) * (model.capacity > 0 ? model.capacity : 100)
  return model.level === 'tens' ? Math.ceil(amount / 10) * 10 : Math.ceil(amount)
}

function supplyEvents(device: Device, supplies: readonly Supply[]): Event[] {
  return supplies.flatMap((supply, at) => [
    supplyEvent({ device, supply, at, stage: 'low' }),
    supplyEvent({ device, supply, at, stage: 'out' }),
  ])
}

interface Stage {
  device: Device
  supply: Supply
  at: number
  stage: 'low' | 'out'
}

/** `low` stands until the supply is out; then `out` does, until it is replaced. */
function supplyEvent({ device, supply, at, stage }: Stage): Event {
  const from = stage === 'low' ? LOW : 1
  const hasCome = supply.used >= from
  const count = supply.round + (hasCome ? 1 : 0)
  if (!hasCome || (stage === 'low' && supply.used >= 1)) return { count, isCritical: false }
  const [code, bit] = KINDS[supply.model.kind][stage]
  const pages = supply.since + Math.ceil(from * supply.model.pages) - device.pagesAtStart
  const alert = {
    index: alertIndex(device, PAUSE_SLOTS + 2 * at + (stage === 'low' ? 0 : 1), supply.round),
    isCritical: false,
    group: GROUP.supplies,
    groupIndex: device.model.firstSupply + at,
    code,
    description: `${supply.model.description}: ${describe(supply.model, stage)}`,
    since: Math.max(0, timeOfPage(paceOf(device), pages)),
    bit,
  }
  return { count, isCritical: false, alert }
}

function describe(model: SupplyModel, stage: 'low' | 'out'): string {
  if (KINDS[model.kind].class === 4) return stage === 'low' ? 'almost full' : 'full'
  return stage === 'low' ? 'low' : 'used up'
}
