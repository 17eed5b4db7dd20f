import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { EventEmitter } from 'node:events'
import { isIPv6 } from 'node:net'
import { SnmpError } from './error.ts'

/** The agent that a session talks to. */
export interface Endpoint {
  /** IPv4 or IPv6 address in its usual spelling. */
  address: string
  port: number
}

/** UDP sockets that all sessions share: one for each address family, opened when first needed. */
export interface SharedSockets {
  /**
   * What net-snmp takes as its `dgramModule`: its createSocket() gives a share of the socket that hears only this
   * endpoint. The library itself never checks who sent an answer. `onThrow` gets what the library throws at a datagram.
   */
  module(endpoint: Endpoint, onThrow: (error: unknown) => void): DgramModule
  /** Ends every share, for good: those that are made later are closed from the beginning. */
  close(): void
}

export interface DgramModule {
  createSocket(): Share
}

// Answers of a sweep come in bursts; the kernel cuts this to net.core.rmem_max.
const RECEIVE_BUFFER = 8 * 1024 * 1024

export function openSockets(): SharedSockets {
  const families = new Map<Type, Family>()
  let isClosed = false
  const family = (type: Type): Family => {
    const known = families.get(type) ?? new Family(type)
    families.set(type, known)
    return known
  }
  return {
    module: (endpoint, onThrow) => ({
      createSocket: () => {
        const type = isIPv6(endpoint.address) ? 'udp6' : 'udp4'
        const share = new Share(family(type), endpoint, onThrow)
        if (isClosed) share.close()
        return share
      },
    }),
    close: () => {
      isClosed = true
      for (const known of families.values()) known.close()
      families.clear()
    },
  }
}

type Type = 'udp4' | 'udp6'

/** One real socket, opened when it is needed, and who waits for answers from where. */
class Family {
  readonly #type: Type
  #socket: Socket | undefined
  readonly #shares = new Map<string, Set<Share>>()
  readonly #waiting = new Set<Share>()

  constructor(type: Type) {
    this.#type = type
  }

  add(share: Share): void {
    const key = keyOf(share.endpoint)
    const shares = this.#shares.get(key) ?? new Set()
    this.#shares.set(key, shares.add(share))
  }

  remove(share: Share): void {
    this.wait(share, false)
    const key = keyOf(share.endpoint)
    const shares = this.#shares.get(key)
    shares?.delete(share)
    if (shares?.size === 0) this.#shares.delete(key)
  }

  /** While any share waits for an answer, the socket keeps the process alive. */
  wait(share: Share, waits: boolean): void {
    if (waits) this.#waiting.add(share)
    else this.#waiting.delete(share)
    if (this.#waiting.size > 0) this.#socket?.ref()
    else this.#socket?.unref()
  }

  send(datagram: Uint8Array, to: Endpoint, done: (error: Error | null) => void): void {
    this.#socket ??= this.#open()
    this.#socket.send(datagram, to.port, to.address, done)
  }

  #open(): Socket {
    const socket = createSocket({ type: this.#type, recvBufferSize: RECEIVE_BUFFER })
    socket.unref()
    socket.on('message', (datagram, from) => this.#deliver(datagram, from))
    // What could not be sent is an error of its send(); nothing else is known to fail on an unconnected socket.
    socket.on('error', () => {})
    return socket
  }

  close(): void {
    for (const shares of [...this.#shares.values()]) for (const share of [...shares]) share.close()
    this.#socket?.close()
  }

  #deliver(datagram: Buffer, from: RemoteInfo): void {
    const shares = this.#shares.get(keyOf(from))
    if (!shares) return
    for (const share of [...shares]) share.deliver(datagram)
  }
}

function keyOf({ address, port }: { address: string; port: number }): string {
  return `${address} ${port}`
}

type Sent = (error: Error | null) => void

const CLOSED = new SnmpError('closed', 'cannot read the agent: the session was closed')

/** The part of dgram.Socket that net-snmp uses. */
class Share extends EventEmitter {
  readonly endpoint: Endpoint
  readonly #family: Family
  readonly #onThrow: (error: unknown) => void
  readonly #sending = new Set<Sent>()
  #isClosed = false

  constructor(family: Family, endpoint: Endpoint, onThrow: (error: unknown) => void) {
    super()
    this.endpoint = endpoint
    this.#family = family
    this.#onThrow = onThrow
    family.add(this)
  }

  /** `port` and `address` are the endpoint's; the library has no other. */
  send(...call: [Uint8Array, number, number, number, string, Sent]): void {
    const [buffer, offset, length, , , sent] = call
    this.#sending.add(sent)
    const done = (error: Error | null) => this.#sending.delete(sent) && sent(error)
    if (this.#isClosed) done(CLOSED)
    else this.#family.send(buffer.subarray(offset, offset + length), this.endpoint, done)
  }

  deliver(datagram: Buffer): void {
    try {
      this.emit('message', datagram)
    } catch (error) {
      this.#onThrow(error)
    }
  }

  ref(): void {
    this.#family.wait(this, true)
  }

  unref(): void {
    this.#family.wait(this, false)
  }

  /**
   * Whoever is told that his request was sent begins to wait for its answer, and to send again; so nobody is, once this
   * is closed. A real socket that is closed before it could send tells nobody anything.
   */
  close(): void {
    this.#isClosed = true
    this.#family.remove(this)
    this.emit('close')
    for (const sent of this.#sending) sent(CLOSED)
    this.#sending.clear()
  }
}
