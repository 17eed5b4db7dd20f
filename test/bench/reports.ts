import type { Asset, Incident, Meter, Report, Supply, Tray } from '@platen/protocol'

/** A report before the outbox numbers it. */
export type Observation = Omit<Report, 'epoch' | 'seq'>

export const DEVICES = 40
/** Polls follow each other faster than real ones, so that the longest run stays within a day. */
const POLL_MS = 1_000

/**
 * What a monitor of 40 printers says, without end: first each printer in full, from then on what changes between polls:
 * meters each time, supplies every third time, incidents every tenth. Always the same for the same name.
 *
 * @param start ms since 1970 of the first observation
 */
export function* observations(monitor: string, start: number): Generator<Observation> {
  for (let poll = 0; ; poll += 1) {
    for (let device = 0; device < DEVICES; device += 1) {
      const turn = poll + device
      const at = start + poll * POLL_MS + device
      yield {
        observedAt: new Date(at).toISOString(),
        device: `d-${device}`,
        ...(poll === 0 && { asset: asset(monitor, device), trays: trays() }),
        meters: meters(device, poll),
        ...((poll === 0 || turn % 3 === 0) && { supplies: supplies(poll) }),
        ...((poll === 0 || turn % 10 === 0) && { incidents: incidents(turn, start) }),
      }
    }
  }
}

function asset(monitor: string, device: number): Asset {
  return {
    make: 'Example',
    model: `Laser ${device % 7}`,
    serial: `${monitor}-${device}`,
    hostName: `printer-${device}`,
    address: `192.0.2.${device + 1}`,
    location: `Room ${device}`,
    firmware: '2.11.4',
  }
}

function meters(device: number, poll: number): Meter[] {
  const pages = device * 1_000 + poll
  const unit = 'impressions'
  return [
    { name: 'total', unit, value: 3 * pages, grade: 'A' },
    { name: 'monochrome', unit, value: 2 * pages, grade: 'C' },
    { name: 'color', unit, value: pages, grade: 'C' },
    { name: 'two-sided', unit: 'sheets', value: pages, grade: 'C' },
  ]
}

function supplies(poll: number): Supply[] {
  const toners = ['black', 'cyan', 'magenta', 'yellow'].map(
    (color, row): Supply => ({
      index: `1.${row + 1}`,
      class: 'consumed',
      type: 'tonerCartridge',
      color,
      description: `${color} cartridge`,
      unit: 'percent',
      capacity: 100,
      level: 100 - (Math.floor((poll / 3 + row) / 4) % 100), // one of the four has changed since the last time
    }),
  )
  return [
    ...toners,
    { index: '1.5', class: 'filled', type: 'wasteToner', unit: 'percent', level: 'some' },
  ]
}

function trays(): Tray[] {
  return ['1.1', '1.2'].map(index => ({
    index,
    name: `Tray ${index}`,
    media: 'iso_a4_210x297mm',
    unit: 'sheets',
    capacity: 500,
    level: 'some',
  }))
}

/** Now and then a jam. */
function incidents(turn: number, start: number): Incident[] {
  if (turn % 20 !== 0) return []
  const since = new Date(start).toISOString()
  return [
    {
      key: 'alert.1',
      source: 'alert',
      severity: 'critical',
      code: 'jam',
      group: 'mediaPath',
      since,
    },
  ]
}
