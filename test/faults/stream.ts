import { setTimeout as delay } from 'node:timers/promises'
import {
  createSender,
  type Entry,
  type Outbox,
  OutboxFullError,
  openOutbox,
  type SenderOptions,
} from '@platen/monitor'
import { startTelemetry } from '@platen/telemetry'
import { contentOf, deviceKey, SLOTS } from './content.ts'
import type { MonitorSpec } from './monitors.ts'

// A monitor without printers: the real outbox and the real sender, and reports that are a function of their number.
// It goes on after the last number that the outbox holds, which moved there with the append itself.

/** Settings, as JSON in the environment variable PLATEN_STREAM. */
export interface StreamSettings {
  monitor: MonitorSpec
  /** Holds the outbox. */
  directory: string
  xmpp: SenderOptions['xmpp']
  /** ms since 1970 before which nothing was observed. */
  base: number
  /** Reports a second. */
  rate: number
}

/** What it tells its parent a few times a second. */
export interface StreamStatus {
  /** The number of the last report that was appended. */
  last: number
  waiting: number
  thinned: number
  /** Appends that the outbox refused for want of room, since the process began. */
  full: number
  isFinished: boolean
}

/** What the parent may say: make no more reports. */
export const FINISH = 'finish'

const TICK_MS = 100
const STATUS_MS = 200
/** Quicker than a real monitor's, for many faults in little time. */
const TIMES = {
  backoff: { first: 200, longest: 2_000 },
  login: 4_000,
  silence: 2_000,
  stable: 2_000,
}
const WAIT_BACKOFF = { first: 200, longest: 2_000 }
const ANSWER_TIMEOUT_MS = 5_000

/** The number after the last one that was appended; it is kept with the device that the report was about. */
export function nextNumber(outbox: Outbox): number {
  return 1 + Math.max(0, ...outbox.devices().map(({ reportedFullAt }) => reportedFullAt))
}

function entryOf({ monitor, base }: StreamSettings, n: number): Entry {
  const { report, changed } = contentOf(monitor, n, base)
  const key = deviceKey((n - 1) % SLOTS)
  return { ...report, changed, record: { key, identity: {}, state: {}, reportedFullAt: n } }
}

/** Appends reports at the rate until it is told to finish; waits while the outbox has no room. */
function startAppending(settings: StreamSettings, outbox: Outbox) {
  let next = nextNumber(outbox)
  let full = 0
  let isFinished = false

  function append(): void {
    // Now one by one, now several in one transaction.
    const count = Math.max(1, Math.round((settings.rate * TICK_MS) / 1000))
    const size = 1 + (next % count)
    for (let left = count; left > 0; left -= size) {
      const numbers = Array.from({ length: Math.min(size, left) }, (_, i) => next + i)
      const given = outbox.append(numbers.map(n => entryOf(settings, n)))
      if (given.join() !== numbers.join()) throw new Error(`report ${numbers} became ${given}`)
      next += numbers.length
    }
  }

  const timer = setInterval(() => {
    try {
      append()
    } catch (error) {
      if (!(error instanceof OutboxFullError)) throw error
      full += 1
    }
  }, TICK_MS)
  return {
    finish() {
      clearInterval(timer)
      isFinished = true
    },
    status(): StreamStatus {
      const { reports, thinned } = outbox.stats()
      return { last: next - 1, waiting: reports, thinned, full, isFinished }
    },
  }
}

/** Tries until there is room: a process that was killed while its disk was full comes back to a full disk. */
async function open({ directory, monitor: { quotaBytes } }: StreamSettings): Promise<Outbox> {
  for (let full = 1; ; full += 1) {
    try {
      const outbox = openOutbox({ directory, ...(quotaBytes !== undefined && { quotaBytes }) })
      if (outbox.movedAside) throw new Error('the outbox was damaged')
      return outbox
    } catch (error) {
      if (!isFullDisk(error)) throw error
    }
    process.send?.({ last: 0, waiting: 1, thinned: 0, full, isFinished: false })
    await delay(STATUS_MS)
  }
}

/** https://www.sqlite.org/rescode.html#full */
function isFullDisk(error: unknown): boolean {
  if (!(error instanceof Error && error.cause instanceof Error)) return false
  return 'errcode' in error.cause && error.cause.errcode === 13
}

async function main(settings: StreamSettings): Promise<void> {
  const { logger } = await startTelemetry({ service: settings.monitor.name })
  const { xmpp } = settings
  const outbox = await open(settings)
  const sender = createSender({
    outbox,
    xmpp: { ...xmpp, times: TIMES },
    logger,
    answerTimeout: ANSWER_TIMEOUT_MS,
    waitBackoff: WAIT_BACKOFF,
  })
  const stream = startAppending(settings, outbox)
  const tell = () => process.send?.(stream.status())
  const status = setInterval(tell, STATUS_MS)
  process.on('message', message => {
    if (message === FINISH) stream.finish()
  })

  const stop = async () => {
    clearInterval(status)
    stream.finish()
    await Promise.race([sender.stop(), delay(3_000)])
    outbox[Symbol.dispose]()
    process.exit(0)
  }
  process.once('SIGTERM', () => void stop())
  process.once('disconnect', () => void stop())
}

if (import.meta.main && process.env.PLATEN_STREAM) {
  await main(JSON.parse(process.env.PLATEN_STREAM))
}
