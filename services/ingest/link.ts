import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Component, type Element } from '@xmpp/component-core'
import { backoff, pause } from './backoff.ts'

// Of xmpp.js only the connection is used (@xmpp/component-core). Its reconnect comes back every second without jitter
// and not after every loss; its IQ middleware runs without limit and repeats the whole request in an error.

export interface LinkOptions {
  /** Where the XMPP server listens for components, e.g. xmpp://127.0.0.1:5347. */
  service: string
  /** The component's own name, e.g. ingest.example.org. */
  name: string
  secret: string
  /** Must not throw. */
  onStanza(stanza: Element): void
  /** True when the server has taken the component in; false, with the reason, after every loss and failed attempt. */
  onState(isUp: boolean, reason?: string): void
}

export interface Link {
  /** Sends XML. Without a connection it is dropped: who gets no answer asks again. */
  send(xml: string): void
  /** Stops reading from the server, or reads on. Lasts over reconnects. */
  setReading(isReading: boolean): void
  /** Sends what was handed in, closes the stream and does not come back. */
  close(): Promise<void>
}

const HANDSHAKE_MILLISECONDS = 5_000
const CLOSE_MILLISECONDS = 1_000
const BACKOFF = { first: 100, longest: 5_000 }

/** Keeps the component connected (XEP-0114): connects, and comes back after every loss, until it is closed. */
export function keepLink(options: LinkOptions): Link {
  const closing = new AbortController()
  let connection: Component | undefined
  let isReading = true
  let unsent: string[] = []

  async function stayConnected(): Promise<void> {
    let failures = 0
    while (!closing.signal.aborted) {
      try {
        const joined = await join(options, applyFlow)
        failures = 0
        await use(joined)
      } catch (error) {
        if (!closing.signal.aborted) options.onState(false, explain(error))
      }
      failures += 1
      await pause(backoff(failures, BACKOFF), closing.signal)
    }
  }

  async function use(joined: Joined): Promise<void> {
    connection = joined.component
    options.onState(true)
    try {
      await joined.lost
    } finally {
      connection = undefined
    }
  }

  /** Answers go out only as fast as the server takes them, so questions are read only as long as it does. */
  function applyFlow(socket: Component['socket'] | undefined): void {
    if (isReading && !socket?.writableNeedDrain) socket?.resume()
    else socket?.pause()
  }

  function flush(): void {
    const xml = unsent.join('')
    unsent = []
    if (!connection || xml === '') return
    connection.write(xml).catch(() => undefined) // the loss itself is told by onState
    applyFlow(connection.socket)
  }

  const ended = stayConnected()

  return {
    send(xml) {
      // The answers of one commit leave in one write.
      if (unsent.push(xml) === 1) setImmediate(flush)
    },
    setReading(newIsReading) {
      isReading = newIsReading
      applyFlow(connection?.socket)
    },
    async close() {
      flush()
      closing.abort()
      const socket = connection?.socket
      connection = undefined
      // Reads on until the server has closed as well: a socket closed over unread data loses what was last sent.
      socket?.resume().end('</stream:stream>')
      await Promise.race([ended, delay(CLOSE_MILLISECONDS, undefined, { ref: false })])
      socket?.destroy()
    },
  }
}

interface Joined {
  component: Component
  /** Rejects when the connection is gone. */
  lost: Promise<never>
}

/** Connects, and resolves when the server has taken the component in; rejects as soon as that can't be any more. */
async function join(
  options: LinkOptions,
  applyFlow: (socket: Component['socket']) => void,
): Promise<Joined> {
  const { service, name: domain, secret } = options
  const component = new Component({ service, domain })
  component.timeout = HANDSHAKE_MILLISECONDS
  component.on('stanza', options.onStanza)
  // After an error, or the end of the stream, xmpp.js has no parser left and would throw at the next byte.
  component.on('error', () => component.socket?.destroy())
  component.on('close', () => component.socket?.destroy())
  const lost = lossOf(component)

  async function handshake(): Promise<Joined> {
    await component.connect(service)
    // xmpp.js decodes each chunk by itself, so a character split between two would be broken.
    component.socket?.setEncoding('utf8').setNoDelay()
    component.socket?.on('drain', () => applyFlow(component.socket))
    const header = await component.open({ domain, timeout: HANDSHAKE_MILLISECONDS })
    await component.authenticate(header.attrs.id ?? '', secret)
    applyFlow(component.socket)
    return { component, lost }
  }
  return await Promise.race([handshake(), lost])
}

async function lossOf(component: Component): Promise<never> {
  await once(component, 'disconnect') // rejects when an error comes first
  throw new Error('the server closed the connection')
}

const ADVICE: Record<string, string> = {
  conflict: 'another ingest is connected under the same name; stop one of the two',
  'not-authorized': 'the server has another secret; set PLATEN_COMPONENT_SECRET to it',
  'host-unknown': 'the server has no such component; check PLATEN_XMPP_DOMAIN',
  ECONNREFUSED: 'no server listens there; check PLATEN_COMPONENT_HOST and PLATEN_COMPONENT_PORT',
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const condition = 'condition' in error ? error.condition : undefined
  const code = 'code' in error ? error.code : undefined
  const key = String(condition ?? code ?? (error.message || error.name))
  return ADVICE[key] ? `${key}: ${ADVICE[key]}` : key
}
