import { createPace } from '@platen/pace'
import { encodeBatch, LIMITS } from '@platen/protocol'
import type { Outbox } from '../outbox/index.ts'
import type { Link } from '../xmpp/index.ts'
import { coalesce } from './coalesce.ts'

export interface FlowOptions {
  outbox: Outbox
  /** The XMPP address that takes the batches. */
  component: string
  /** Batches in flight. */
  window: number
  /** Bytes of one batch when more is waiting; a report that is larger goes alone. */
  batchBytes: number
  /** Bytes of batches sent each second, on average. */
  bytesPerSecond: number
}

/** A batch that was sent and not answered yet. */
export interface SentBatch {
  first: number
  last: number
  reports: number
  /** performance.now() */
  sentAt: number
}

/** Keeps a window of batches in flight, oldest first, as fast as the connection and the rate allow. */
export interface Flow {
  /** Sends over this connection, from the oldest report; undefined: there is none. */
  use(link: Link | undefined): void
  /** The connection takes more again. */
  onDrain(): void
  /** Sends more, if there is more and the window has room. */
  pump(): void
  /** Takes the batch out that an answer belongs to; undefined: it was to be sent again since. */
  take(id: string): SentBatch | undefined
  oldest(): SentBatch | undefined
  /** Sends everything that is not answered again, from the oldest, after a pause (ms). */
  sendAgain(pause: number): void
  /** The same at once, reports up to this number each alone: one of them spoils its batch. */
  sendSingly(last: number): void
}

export function createFlow(options: FlowOptions): Flow {
  const { outbox, component } = options
  const pace = createPace({ perSecond: options.bytesPerSecond })
  const sent = new Map<string, SentBatch>() // in the order of sending
  let link: Link | undefined
  let lastId = 0
  let sentTo = 0
  let singlesTo = 0
  let isCongested = false
  let pauseTimer: NodeJS.Timeout | undefined
  const pump = coalesce(send)

  function send(): void {
    while (link && isFree()) {
      const reports = sentTo < singlesTo ? 1 : LIMITS.reportsPerBatch
      const batch = outbox.read(sentTo, { bytes: options.batchBytes, reports })
      if (!batch) return
      const { first, last } = batch
      const id = `b${++lastId}`
      const payload = encodeBatch(batch.reports)
      sent.set(id, { first, last, reports: batch.reports.length, sentAt: performance.now() })
      sentTo = last
      pace.spend(payload.length)
      isCongested = !link.write(`<iq type="set" to="${component}" id="${id}">${payload}</iq>`)
    }
  }

  /** Whether the window, the connection and the rate allow another batch; the rate says by a pause when it will. */
  function isFree(): boolean {
    if (isCongested || pauseTimer || sent.size >= options.window) return false
    const milliseconds = pace.wait()
    if (milliseconds > 0) pause(milliseconds)
    return milliseconds === 0
  }

  function pause(milliseconds: number): void {
    clearTimeout(pauseTimer)
    pauseTimer = setTimeout(() => {
      pauseTimer = undefined
      send()
    }, milliseconds).unref() // the connection keeps the process alive
  }

  function rewind(): void {
    sent.clear()
    sentTo = 0
  }

  return {
    use(newLink) {
      link = newLink
      isCongested = false
      rewind()
      pump()
    },
    onDrain() {
      isCongested = false
      pump()
    },
    pump,
    take(id) {
      const batch = sent.get(id)
      sent.delete(id)
      return batch
    },
    oldest: () => sent.values().next().value,
    sendAgain(milliseconds) {
      rewind()
      pause(milliseconds)
    },
    sendSingly(last) {
      singlesTo = Math.max(singlesTo, last)
      rewind()
      pump()
    },
  }
}
