import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createSender, type Entry, openOutbox } from '@platen/monitor'
import { startTelemetry } from '@platen/telemetry'
import { createGate } from '../../bench/gate.ts'
import { serve, settingsOf } from '../../bench/worker.ts'
import { contentOf, deviceKey, SLOTS } from '../../faults/content.ts'
import type { MonitorSpec } from '../../faults/monitors.ts'
import type { Server } from '../support/account.ts'

// Monitors without printers, in one process for each tenant: their own outboxes and senders through the region's edge, and
// reports that are a function of their number, so that what must be in the database can be computed.

export interface LoadSettings {
  monitors: (MonitorSpec & { password: string })[]
  /** For the outboxes. */
  directory: string
  /** The edge's load balancer, and behind it the tenant. */
  server: Server
  /** ms since 1970 before which nothing was observed. */
  base: number
  /** Reports a second of each monitor. */
  rate: number
}

/** What became of one report, in ms since 1970. */
export interface Settled {
  monitor: number
  seq: number
  appendedAt: number
  settledAt: number
}

/** What a monitor's outbox says of all that was appended to it. */
export interface Appended {
  monitor: MonitorSpec
  epoch: string
  last: number
  waiting: number
  thinned: number
  refused: number
}

export interface LoadCommands {
  /** Forgets what was settled before, and tells it. */
  take(): Settled[]
  /** Makes no more reports, and waits so long at most until all of them are settled. */
  drain(ms: number): Promise<void>
  appended(): Appended[]
}

const settings = settingsOf<LoadSettings>()
const { logger } = await startTelemetry({ service: 'load', level: 'error' })
let settled: Settled[] = []
let isAppending = true
const monitors = settings.monitors.map(startMonitor)

function startMonitor({ password, ...monitor }: LoadSettings['monitors'][number]) {
  const { host, port, domain, ca } = settings.server
  const outbox = openOutbox({ directory: join(settings.directory, monitor.name) })
  const gate = createGate(outbox)
  gate.open()
  const xmpp = { host, port, domain, user: monitor.name, password, ca }
  const sender = createSender({ outbox: gate.outbox, xmpp, logger })
  let next = 1

  function append(): void {
    const appendedAt = Date.now()
    const [seq] = gate.outbox.append([entryOf(monitor, next)])
    if (seq !== next) throw new Error(`report ${next} of ${monitor.name} became ${seq}`)
    gate.onSettled(seq, () =>
      settled.push({ monitor: monitor.index, seq, appendedAt, settledAt: Date.now() }),
    )
    next += 1
  }

  return {
    append,
    outbox,
    sender,
    appended(): Appended {
      const { reports: waiting, thinned, refused } = outbox.stats()
      return { monitor, epoch: outbox.epoch, last: next - 1, waiting, thinned, refused }
    },
  }
}

function entryOf(monitor: MonitorSpec, n: number): Entry {
  const { report, changed } = contentOf(monitor, n, settings.base)
  const key = deviceKey((n - 1) % SLOTS)
  return { ...report, changed, record: { key, identity: {}, state: {}, reportedFullAt: n } }
}

/** Spread over the second, as monitors that know nothing of each other are. */
async function appendForEver({ append }: (typeof monitors)[number], index: number): Promise<void> {
  const pause = 1000 / settings.rate
  await delay((index * pause) / monitors.length)
  const begin = Date.now()
  for (let count = 0; isAppending; count += 1) {
    append()
    await delay(Math.max(0, begin + (count + 1) * pause - Date.now()))
  }
}

const appending = monitors.map(appendForEver)

const commands: LoadCommands = {
  take() {
    const taken = settled
    settled = []
    return taken
  },
  async drain(ms) {
    isAppending = false
    await Promise.all(appending)
    const deadline = Date.now() + ms
    while (Date.now() < deadline && monitors.some(({ outbox }) => outbox.stats().reports > 0)) {
      await delay(100)
    }
  },
  appended: () => monitors.map(({ appended }) => appended()),
}

serve({ ...commands }, async () => {
  isAppending = false
  await Promise.all(monitors.map(({ sender }) => sender.stop(0)))
})
