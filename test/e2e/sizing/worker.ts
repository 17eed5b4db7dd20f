import { join } from 'node:path'
import { createSender, type Entry, openOutbox } from '@platen/monitor'
import { startTelemetry } from '@platen/telemetry'
import { DEVICES, observations } from '../../bench/reports.ts'
import { serve, settingsOf } from '../../bench/worker.ts'
import type { Account, Server } from '../support/account.ts'

// Monitors without printers, in one process: their own outboxes and senders, and reports as an office's printers make them.

export interface OfficeSettings {
  accounts: Account[]
  /** For the outboxes. */
  directory: string
  server: Server
}

export interface OfficeCommands {
  /** Each device once in full, and from then on whenever it is read. */
  open(): void
  /** Nothing live any more, but so many reports of all monitors at once. */
  send(reports: number): void
  /** Reports that are not stored yet. */
  waiting(): number
}

/** The monitor's own defaults: docs/monitor.md. */
const POLL_MS = 300_000
const HEALTH_MS = 60_000

const { accounts, directory, server } = settingsOf<OfficeSettings>()
const { logger } = await startTelemetry({ service: 'offices', level: 'error' })
const begin = Date.now() - 86_400_000
const monitors = accounts.map(startMonitor)
let timers: NodeJS.Timeout[] = []

function startMonitor({ user, password }: Account) {
  const outbox = openOutbox({ directory: join(directory, user) })
  const { host, port, domain, ca } = server
  const xmpp = { host, port, domain, user, password, ca }
  const sender = createSender({ outbox, xmpp, logger })
  const devices = observations(user, begin)
  let healths = 0
  return {
    outbox,
    sender,
    readDevices(count: number): void {
      outbox.append(Array.from({ length: count }, () => devices.next().value as Entry))
    },
    readItself(): void {
      healths += 1
      outbox.append([healthOf(healths)])
    },
  }
}

function healthOf(n: number): Entry {
  const counts = { devices: DEVICES, unreadable: 0, sweeps: Math.ceil(n / 60) }
  const startedAt = new Date(begin).toISOString()
  const waiting = { outboxReports: n % 3, outboxBytes: 1_000 * (n % 3), thinned: 0 }
  const monitor = { version: '1.0.0', startedAt, ...counts, ...waiting }
  return { observedAt: new Date(begin + n * HEALTH_MS).toISOString(), monitor }
}

/** Monitors that know nothing of each other: each begins some time later. */
function live({ readDevices, readItself }: (typeof monitors)[number], index: number): void {
  const every = POLL_MS / DEVICES
  const start = setTimeout(
    () =>
      timers.push(
        setInterval(() => readDevices(1), every),
        setInterval(readItself, HEALTH_MS),
      ),
    (index * every) / monitors.length,
  )
  timers.push(start)
}

const commands: OfficeCommands = {
  open() {
    for (const { readDevices } of monitors) readDevices(DEVICES)
    monitors.forEach(live)
  },
  send(reports) {
    for (const timer of timers) clearTimeout(timer)
    timers = []
    for (const { readDevices } of monitors) readDevices(Math.ceil(reports / monitors.length))
  },
  waiting: () => monitors.reduce((sum, { outbox }) => sum + outbox.stats().reports, 0),
}

serve({ ...commands }, async () => {
  for (const timer of timers) clearTimeout(timer)
  await Promise.all(monitors.map(({ sender }) => sender.stop(0)))
})
