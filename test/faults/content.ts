import { isDeepStrictEqual } from 'node:util'
import type { Asset, Incident, Meter, MonitorHealth, Report, Supply, Tray } from '@platen/protocol'
import type { MonitorSpec } from './monitors.ts'

// The n-th report of a monitor is a pure function of the monitor and n, so that what must be in the database can be
// computed without having been there. A monitor goes round its devices: n is the report of slot (n - 1) % SLOTS in round
// (n - 1) / SLOTS. Lists of incidents belong to one monitor only, also of the shared printer: their history, unlike the
// current state, depends on the order in which two monitors' reports arrive.

/** A report without what the outbox adds, and which of its sections say something new. */
export interface Content {
  report: Omit<Report, 'epoch' | 'seq'>
  changed: Section[]
}

const SECTIONS = ['asset', 'meters', 'supplies', 'trays', 'incidents', 'monitor'] as const
export type Section = (typeof SECTIONS)[number]

type Sections = Pick<Report, Section>

export const SLOTS = 7
const HEALTH_SLOT = 6
const SHARED_SLOT = 5
const STEP_MS = 16
const FULL_ROUNDS = 12

/** @param base ms since 1970 before which nothing was observed */
export function contentOf(monitor: MonitorSpec, n: number, base: number): Content {
  const slot = (n - 1) % SLOTS
  const round = Math.floor((n - 1) / SLOTS)
  const place: Place = { monitor, slot, base }
  const observedAt = timeOf(place, round)
  const now = sectionsAt(place, round)
  const before = round === 0 ? {} : sectionsAt(place, round - 1)
  const changed = named(now).filter(name => !isDeepStrictEqual(now[name], before[name]))
  const isFull = round % FULL_ROUNDS === 0 || changed.length === 0
  const stated = isFull ? now : Object.fromEntries(changed.map(name => [name, now[name]]))
  const report = { observedAt, ...stated }
  return { report: isHealth(place) ? report : { ...report, device: deviceKey(slot) }, changed }
}

/** The monitor's own name for a device. */
export function deviceKey(slot: number): string {
  return `d${slot}`
}

function named(sections: Sections): Section[] {
  return SECTIONS.filter(name => sections[name] !== undefined)
}

interface Place {
  monitor: MonitorSpec
  slot: number
  base: number
}

function isHealth({ monitor, slot }: Place): boolean {
  return slot === HEALTH_SLOT && monitor.habit !== 'eventful'
}

function isShared({ monitor, slot }: Place): boolean {
  return slot === SHARED_SLOT && monitor.index < 2
}

function numberOf({ slot }: Place, round: number): number {
  return round * SLOTS + slot + 1
}

/** No two reports of all monitors have the same time. */
function timeOf(place: Place, round: number): string {
  const { base, monitor } = place
  return new Date(base + numberOf(place, round) * STEP_MS + monitor.index).toISOString()
}

/** What is known of a device in a round. */
function sectionsAt(place: Place, round: number): Sections {
  const { habit, index } = place.monitor
  const effective = habit === 'repetitive' ? round - (round % 2) : round
  if (isHealth(place)) return { monitor: healthAt(place, effective) }
  const sections: Sections = {
    asset: assetAt(place, effective),
    meters: metersAt(place, effective),
    supplies: suppliesAt(effective),
  }
  if (isShared(place) && index > 0) return sections
  const trays = traysAt(effective)
  return { ...sections, trays, incidents: incidentsAt(place, effective) }
}

function healthAt(place: Place, round: number): MonitorHealth {
  return {
    version: '1.0.0-Prüfung',
    startedAt: new Date(place.base).toISOString(),
    devices: 6,
    unreadable: round % 3,
    sweeps: round,
    outboxReports: round % 100,
    outboxBytes: numberOf(place, round),
    thinned: round % 7,
  }
}

/** The serial number of the device that a report of this slot is about. */
export function serialOf(monitor: MonitorSpec, slot: number): string {
  return isShared({ monitor, slot, base: 0 }) ? 'PF7SHARED1' : `PF7${monitor.index}00${slot}X`
}

function assetAt(place: Place, round: number): Asset {
  const { monitor, slot } = place
  const device = isShared(place) ? 255 : monitor.index * SLOTS + slot
  const hex = device.toString(16).padStart(2, '0')
  return {
    make: slot % 2 === 0 ? 'Exämple Drucker' : '例えば',
    model: `Läser ${slot} “Ω”`,
    serial: serialOf(monitor, slot),
    mac: `00:00:5e:00:53:${hex}`,
    hostName: `printer-${hex}`,
    address: `192.0.2.${device}`,
    location: `Büro ${Math.floor(round / 16) % 9} <Süd> & 北館 🖨 "${monitor.index}"`,
    firmware: `${1 + (Math.floor(round / 20) % 9)}.0`,
  }
}

/** In the round's first statement the total is the report's own number. */
function metersAt(place: Place, round: number): Meter[] {
  const total = numberOf(place, round)
  const color = Math.floor(total / 3)
  const meters: Meter[] = [
    { name: 'total', unit: 'impressions', value: total, grade: 'A' },
    { name: 'color', unit: 'impressions', value: color, grade: 'B' },
  ]
  if (round % 10 < 5) meters.push({ name: 'sheets', unit: 'sheets', value: color, grade: 'C' })
  return meters
}

const COLORANTS = ['black', 'cyan', 'magenta', 'gelb']

function suppliesAt(round: number): Supply[] {
  const step = Math.floor(round / 3)
  const toners = COLORANTS.map<Supply>((color, i) => ({
    index: `1.${i + 1}`,
    class: 'consumed',
    type: 'toner',
    color,
    description: `Töner ${color} №${i}`,
    unit: 'percent',
    capacity: 100,
    level: (100 + i * 7 - (step % 101)) % 101,
  }))
  const waste: Supply = { index: '1.9', class: 'filled', type: 'wasteToner', unit: 'percent' }
  if (step % 3 === 1) waste.level = 'some'
  if (step % 3 === 2) Object.assign(waste, { capacity: 100, level: step % 100 })
  return Math.floor(step / 5) % 2 === 0 ? [...toners, waste] : toners
}

function traysAt(round: number): Tray[] {
  const step = Math.floor(round / 5)
  const first: Tray = {
    index: '1.1',
    name: 'Kassette Ⅰ',
    media: 'iso-a4-white',
    unit: 'sheets',
    capacity: 500,
    level: step % 501,
  }
  const bypass: Tray = { index: '1.2', name: 'Bypass', capacity: 'unlimited', level: 'some' }
  return step % 4 < 3 ? [first, bypass] : [first]
}

/** Rounds of an incident's coming and going; even, so that a repetitive monitor sees each beginning. */
interface Rhythm {
  length: number
  isOpen(phase: number): boolean
}

const JAM: Rhythm = { length: 4, isOpen: phase => phase % 2 === 1 }
const NO_PAPER: Rhythm = { length: 10, isOpen: phase => phase % 3 === 1 }
const EVENT: Rhythm = { length: 1, isOpen: phase => phase % 2 === 1 }

function incidentsAt(place: Place, round: number): Incident[] {
  const incidents: Incident[] = []
  const jam = sinceOf(JAM, place, round)
  if (jam) {
    // It changes while it is open.
    const severity = round % JAM.length < 2 ? 'warning' : 'critical'
    incidents.push({ key: 'alert.7', source: 'alert', severity, code: 'jam', since: jam })
  }
  const noPaper = sinceOf(NO_PAPER, place, round)
  if (noPaper) {
    const words = { code: 'noPaper', group: 'input', description: 'Papier fehlt – 用紙なし' }
    const [source, severity] = ['state', 'critical'] as const
    incidents.push({ key: 'state.noPaper', source, severity, ...words, since: noPaper })
  }
  const event = place.monitor.habit === 'eventful' && sinceOf(EVENT, place, round)
  if (event) {
    const [source, severity] = ['alert', 'other'] as const
    incidents.push({ key: 'alert.8', source, severity, code: 'coverOpen', since: event })
  }
  return incidents
}

/** When the incident that is open in a round was first seen. */
function sinceOf(rhythm: Rhythm, place: Place, round: number): string | undefined {
  const phase = Math.floor(round / rhythm.length)
  return rhythm.isOpen(phase) ? timeOf(place, phase * rhythm.length) : undefined
}
