import { setTimeout as delay } from 'node:timers/promises'
import type { XmlElement } from '@platen/protocol'
import type { Meter } from '@platen/telemetry'
import type { Log } from '../log.ts'
import type { Outbox, Settlement } from '../outbox/index.ts'
import {
  type BackoffRange,
  backoff,
  type ConnectionHandlers,
  type ConnectionTimes,
  explain,
  type Link,
  stayConnected,
  XmppError,
  type XmppOptions,
} from '../xmpp/index.ts'
import { type Answer, readAnswer, refuseRequest } from './answer.ts'
import { createFlow, type Flow, type SentBatch } from './flow.ts'
import { createLedger } from './ledger.ts'
import { measureSending } from './metrics.ts'
import { createPatience } from './patience.ts'
import { createTrouble } from './trouble.ts'

export interface SenderOptions {
  outbox: Outbox
  xmpp: XmppOptions & { times?: Partial<ConnectionTimes> }
  logger: Log
  meter?: Meter
  /** Batches in flight; default WINDOW. */
  window?: number
  /** Bytes of one batch when more is waiting, at most LIMITS.batchBytes; default BATCH_BYTES. */
  batchBytes?: number
  /** Bytes sent each second on average, which bounds the replay after an outage; default: no bound. */
  bytesPerSecond?: number
  /**
   * An answer that takes longer (ms) is not waited for: all is sent again on a new connection; default 30 s. Twice as
   * long each time until one comes, so that servers which are merely slow are not asked for more and more.
   */
  answerTimeout?: number
  /** Pauses (ms) after the ingest has said `wait`; default 0.5 to 60 s. */
  waitBackoff?: BackoffRange
}

export interface Sender {
  readonly isConnected: boolean
  /** Sends what is waiting for at most so long (ms), then closes the connection. The rest stays in the outbox. */
  stop(flushMilliseconds?: number): Promise<void>
}

/** One batch on its way to the server, one in the ingest, one on its way back. */
export const WINDOW = 3
/** Large, because what a transaction costs at the other end hardly depends on how many reports share it. */
const BATCH_BYTES = 192 * 1024

const DEFAULTS = {
  window: WINDOW,
  batchBytes: BATCH_BYTES,
  bytesPerSecond: Number.POSITIVE_INFINITY,
  answerTimeout: 30_000,
  waitBackoff: { first: 500, longest: 60_000 },
}

/**
 * Sends what is in the outbox to the ingest component of the domain, in order and for ever: in a window of batches, each
 * one IQ. What the ingest has stored, or refused for good, leaves the outbox; all else is sent again.
 */
export function createSender(options: SenderOptions): Sender {
  const { outbox, xmpp } = options
  const { answerTimeout, window, batchBytes, bytesPerSecond } = { ...DEFAULTS, ...options }
  const component = `ingest.${xmpp.domain}`
  const flow = createFlow({ outbox, component, window, batchBytes, bytesPerSecond })
  const exchange = createExchange({ ...DEFAULTS, ...options }, flow)
  const ending = new AbortController()
  let link: Link | undefined

  const handlers: ConnectionHandlers = {
    onUp(newLink) {
      link = newLink
      options.logger.info('connected to the XMPP server')
      flow.use(link)
    },
    onDown(error) {
      link = undefined
      exchange.flush()
      flow.use(undefined)
      exchange.tell(`cannot be connected to the XMPP server: ${explain(error)}; trying again`)
    },
    onElement(element) {
      const { type, id = '', from } = element.attrs
      if (element.name !== 'iq') return
      if (type === 'get' || type === 'set') return void link?.write(refuseRequest(element))
      const batch = from === component ? flow.take(id) : undefined
      if (!batch) return
      watch.answered()
      exchange.onAnswer(batch, element)
    },
    onDrain: flow.onDrain,
  }
  const ended = stayConnected(xmpp, handlers, ending.signal)
  const unsubscribe = outbox.onAppend(flow.pump)
  const watch = watchAnswers(flow, answerTimeout, reason => link?.drop(reason))

  return {
    get isConnected() {
      return link !== undefined
    },
    async stop(flushMilliseconds = 0) {
      const deadline = performance.now() + flushMilliseconds
      while (link && outbox.stats().reports > 0 && performance.now() < deadline) await delay(20)
      ending.abort()
      await ended
      link = undefined
      unsubscribe()
      watch.stop()
      flow.use(undefined)
      exchange.flush()
    },
  }
}

/** What the ingest's answers do to the flow and to the outbox. */
function createExchange(
  options: SenderOptions & { waitBackoff: BackoffRange },
  flow: Flow,
): {
  onAnswer(batch: SentBatch, iq: XmlElement): void
  flush(): void
  tell(trouble: string): void
} {
  const { outbox, logger } = options
  const measure = measureSending(options.meter, outbox)
  const trouble = createTrouble(logger)
  let waits = 0 // in a row

  const wait = (reason: string): void => {
    waits += 1
    trouble.tell(`the ingest cannot take reports: ${reason}; trying again`)
    flow.sendAgain(backoff(waits, options.waitBackoff))
  }
  const ledger = createLedger({
    outbox,
    logger,
    onForgotten() {
      waits = 0
      trouble.over('the ingest takes reports again')
      flow.pump()
    },
    onFailure: wait,
  })

  return {
    tell: trouble.tell,
    flush: ledger.flush,
    onAnswer(batch, iq) {
      const answer = readAnswer(iq)
      if (answer.kind === 'wait' || isSpoiled(batch, answer)) ledger.flush()
      if (answer.kind === 'wait') return wait(answer.condition)
      if (isSpoiled(batch, answer)) return flow.sendSingly(batch.last)
      measure(batch)
      ledger.add(settlementOf(batch, answer, outbox.epoch))
    },
  }
}

/** One of several reports can't be read: which one shows when each goes alone. */
function isSpoiled(batch: SentBatch, answer: Answer): boolean {
  return answer.kind === 'malformed' && batch.reports > 1
}

function settlementOf(
  { first, last }: SentBatch,
  answer: Exclude<Answer, { kind: 'wait' }>,
  epoch: string,
): Settlement {
  if (answer.kind === 'malformed') {
    return { first, last, refused: [{ seq: first, code: 'malformed', reason: answer.reason }] }
  }
  const isOurs = (one: { epoch: string; seq: number }) =>
    one.epoch === epoch && one.seq >= first && one.seq <= last
  return { first, last, refused: answer.refused.filter(isOurs) }
}

/** The ingest may be gone although the server is there: an IQ that it had then is never answered. */
function watchAnswers(flow: Flow, timeout: number, drop: (reason: XmppError) => void) {
  const patience = createPatience(timeout)
  const timer = setInterval(
    () => {
      const oldest = flow.oldest()
      if (!oldest || !patience.isOver(performance.now() - oldest.sentAt)) return
      drop(new XmppError('timeout', 'the ingest does not answer'))
    },
    Math.min(1000, timeout),
  )
  return { answered: patience.renew, stop: () => clearInterval(timer) }
}
