import { once } from 'node:events'
import type { XmlElement } from '@platen/protocol'
import { type BackoffRange, backoff, pause } from './backoff.ts'
import { XmppError } from './error.ts'
import { login, type Session, type XmppOptions } from './login.ts'

/** A connection that is logged in, as the sender uses it. */
export interface Link {
  /** Sends XML as it is. False: wait for `onDrain` before sending more. */
  write(xml: string): boolean
  /** Gives the connection up; a new one is made. */
  drop(reason: XmppError): void
}

export interface ConnectionHandlers {
  onUp(link: Link): void
  /** After every loss and every failed attempt. */
  onDown(error: unknown): void
  /** Every element that comes, but answers to pings. */
  onElement(element: XmlElement): void
  onDrain(): void
}

export interface ConnectionTimes {
  /** Pauses between attempts. */
  backoff: BackoffRange
  /** A login may take so long. */
  login: number
  /** Silence after which the server is pinged (XEP-0199), and again so long after which the connection is lost. */
  silence: number
  /** A connection that has stood so long was good: the next pause is the first again. */
  stable: number
}

export const TIMES: ConnectionTimes = {
  backoff: { first: 1_000, longest: 60_000 },
  login: 20_000,
  silence: 30_000,
  stable: 10_000,
}

/** Stays connected until the signal is aborted: comes back after every loss, for ever. Resolves when all is closed. */
export async function stayConnected(
  options: XmppOptions & { times?: Partial<ConnectionTimes> },
  handlers: ConnectionHandlers,
  signal: AbortSignal,
): Promise<void> {
  const times = { ...TIMES, ...options.times }
  let failures = 0
  while (!signal.aborted) {
    let upSince = Number.POSITIVE_INFINITY
    try {
      const deadline = AbortSignal.timeout(times.login)
      const session = await login(options, AbortSignal.any([signal, deadline]))
      upSince = performance.now()
      await use(session, options.domain, { times, handlers, signal })
    } catch (error) {
      if (signal.aborted) return
      handlers.onDown(error)
    }
    failures = performance.now() - upSince >= times.stable ? 1 : failures + 1
    // Also after a refused login: a server refuses every account while it cannot reach its database.
    await pause(backoff(failures, times.backoff), signal)
  }
}

interface Use {
  times: ConnectionTimes
  handlers: ConnectionHandlers
  signal: AbortSignal
}

/** Uses the session until it is lost (rejects with the reason), or the signal is aborted (closes it, resolves). */
async function use({ stream, socket }: Session, domain: string, { times, handlers, signal }: Use) {
  const lost = lossOf(socket)
  const watch = watchSilence(times.silence, {
    ping: () => stream.write(pingOf(domain)),
    give: () => socket.destroy(new XmppError('timeout', 'the server does not answer any more')),
  })
  const close = () => {
    socket.end('</stream:stream>')
    setTimeout(() => socket.destroy(), CLOSE_MILLISECONDS).unref()
  }
  socket.on('data', watch.heard).on('drain', handlers.onDrain)
  signal.addEventListener('abort', close)
  try {
    handlers.onUp({ write: stream.write, drop: reason => void socket.destroy(reason) })
    stream.forward(element => {
      if (element.attrs.id !== PING_ID) handlers.onElement(element)
    })
    await lost
  } finally {
    watch.stop()
    signal.removeEventListener('abort', close)
    socket.destroy()
  }
}

async function lossOf(socket: Session['socket']): Promise<never> {
  await once(socket, 'close') // rejects when an error comes first
  throw new XmppError('connection-lost', 'the server closed the connection')
}

/** A server that does not close the stream in turn is not waited for. */
const CLOSE_MILLISECONDS = 1_000
const PING_ID = 'ping'

/** XEP-0199, section 4.2: to the server itself. Any answer will do. */
function pingOf(domain: string): string {
  return `<iq type="get" to="${domain}" id="${PING_ID}"><ping xmlns="urn:xmpp:ping"/></iq>`
}

/** A link that died without a word is noticed by its silence: first a ping, then the end. */
function watchSilence(milliseconds: number, act: { ping(): void; give(): void }) {
  let quiet = 0
  const timer = setInterval(() => {
    quiet += 1
    if (quiet === 1) return act.ping()
    act.give()
  }, milliseconds)
  return {
    heard() {
      quiet = 0
      timer.refresh()
    },
    stop: () => clearInterval(timer),
  }
}
