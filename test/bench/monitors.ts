import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createSender, type Entry, openOutbox } from '@platen/monitor'
import { encodeBatch } from '@platen/protocol'
import { startTelemetry } from '@platen/telemetry'
import { createGate, type Gate } from './gate.ts'
import { accountOf, iqOf, type LoadCommands, type Server } from './load.ts'
import { observations } from './reports.ts'
import { serve, settingsOf } from './worker.ts'

// The load on the whole path: monitors' own outboxes and senders. Reports are appended before the clock starts, or live.

export interface MonitorsSettings {
  server: Server
  component: string
  /** For the outboxes. */
  directory: string
  monitors: number
}

export interface MonitorsCommands extends LoadCommands {
  /** Fills the outboxes of the first so many monitors until together they hold so many reports. */
  fill(monitors: number, reports: number): void
  /** So many batches that the sender would form now, each as a whole IQ. */
  iqs(count: number): string[]
  /** Reports appended one by one, so many a second over the first so many monitors; ms from there to the receipt. */
  live(monitors: number, perSecond: number, seconds: number): Promise<number[]>
}

interface Monitor extends Gate {
  /** Appends so many of its next observations in one transaction. */
  append(reports: number): number[]
}

const { server, component, directory, monitors: count } = settingsOf<MonitorsSettings>()
const { logger } = await startTelemetry({ service: 'bench', level: 'warn' })
const ca = readFileSync(server.caFile, 'utf8')
const start = Date.now() - 86_400_000
const monitors: Monitor[] = []
for (let number = 1; number <= count; number += 1) monitors.push(await startMonitor(number))

const commands: MonitorsCommands = {
  fill(wanted, reports) {
    for (const monitor of monitors.slice(0, wanted)) {
      const missing = Math.ceil(reports / wanted) - monitor.waiting()
      if (missing > 0) monitor.append(missing)
    }
  },
  iqs(wanted) {
    const batches = monitors[0]?.peek(wanted) ?? []
    return batches.map(({ reports }) => iqOf(component, 'b1', encodeBatch(reports)))
  },
  begin(wanted) {
    for (const monitor of monitors.slice(0, wanted)) monitor.open()
  },
  count() {
    const counts = monitors.map(monitor => monitor.settled)
    const sum = (name: 'stanzas' | 'reports' | 'bytes') =>
      counts.reduce((total, one) => total + one[name], 0)
    return {
      at: performance.now(),
      stanzas: sum('stanzas'),
      reports: sum('reports'),
      bytes: sum('bytes'),
    }
  },
  async end() {
    for (const monitor of monitors) monitor.close()
    while (monitors.some(monitor => monitor.unanswered() > 0)) await delay(5)
  },
  live,
}
serve({ ...commands }, () => process.exit())

async function startMonitor(number: number): Promise<Monitor> {
  const { name: user, password } = accountOf(number)
  const outbox = openOutbox({ directory: join(directory, user) })
  const gate = createGate(outbox)
  const { port, domain } = server
  const xmpp = { host: '127.0.0.1', port, domain, user, password, ca }
  const sender = createSender({ outbox: gate.outbox, xmpp, logger })
  while (!sender.isConnected) await delay(5)
  const source = observations(user, start)
  return {
    ...gate,
    append: reports => outbox.append(take(source, reports)),
  }
}

function take(source: Generator<Entry>, count: number): Entry[] {
  return Array.from({ length: count }, () => source.next().value)
}

async function live(wanted: number, perSecond: number, seconds: number): Promise<number[]> {
  const latencies: number[] = []
  const chosen = monitors.slice(0, wanted)
  for (const monitor of chosen) {
    monitor.discard()
    monitor.open()
  }
  const begun = performance.now()
  for (let appended = 0; appended < perSecond * seconds; appended += 1) {
    const early = begun + (appended / perSecond) * 1000 - performance.now()
    if (early > 0) await delay(early)
    const monitor = chosen[appended % wanted]
    const at = performance.now()
    const [seq = 0] = monitor?.append(1) ?? []
    monitor?.onSettled(seq, () => latencies.push(performance.now() - at))
  }
  await commands.end()
  return latencies
}
