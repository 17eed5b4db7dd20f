import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { EventEmitter } from 'node:events'
import { isIPv6 } from 'node:net'

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
  /** Ends every share. */
  close(): void
}

export interface DgramModule {
  createSocket(): Share
}

// Answers of a sweep come in bursts; the kernel cuts this to net.core.rmem_max.
const RECEIVE_BUFFER = 8 * 1024 * 1024

export function openSockets(): SharedSockets {
  const families = new Map<Type, Family>()
  const family = (type: Type): Family => {
    const known = families.get(type) ?? new Family(type)
    families.set(type, known)
    return known
  }
  return {
    module: (endpoint, onThrow) => ({
      createSocket: () => {
        const type = isIPv6(endpoint.address) ? 'udp6' : 'udp4'
        return new Share(family(type), endpoint, onThrow)
      },
    }),
    close: () => {
      for (const known of families.values()) known.close()
      families.clear()
    },
  }
}

type Type = 'udp4' | 'udp6'

/** One real socket, and who waits for answers from where. */
class Family {
  readonly #socket: Socket
  readonly #shares = new Map<string, Set<Share>>()
  readonly #waiting = new Set<Share>()

  constructor(type: Type) {
    this.#socket = createSocket({ type, recvBufferSize: RECEIVE_BUFFER })
    this.#socket.unref()
    this.#socket.on('message', (datagram, from) => this.#deliver(datagram, from))
    // What could not be sent is an error of its send(); nothing else is known to fail on an unconnected socket.
    this.#socket.on('error', () => {})
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
    if (this.#waiting.size > 0) this.#socket.ref()
    else this.#socket.unref()
  }

  send(datagram: Uint8Array, to: Endpoint, done: (error: Error | null) => void): void {
    this.#socket.send(datagram, to.port, to.address, done)
  }

  close(): void {
    for (const shares of [...this.#shares.values()]) for (const share of [...shares]) share.close()
    this.#socket.close()
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

const CLOSED = new Error('cannot ask: the session was closed')

/** The part of dgram.Socket that net-snmp uses. */
class Share extends EventEmitter {
  readonly endpoint: Endpoint
  readonly #family: Family
  readonly #onThrow: (error: unknown) => void
  #isClosed = false

  constructor(family: Family, endpoint: Endpoint, onThrow: (error: unknown) => void) {
    super()
    this.endpoint = endpoint
    this.#family = family
    this.#onThrow = onThrow
    family.add(this)
  }

  /**
   * `port` and `address` are the endpoint's; the library has no other. Once it is told that a request was sent, it
   * waits for the answer and sends again; so after the end it is told otherwise.
   */
  send(...call: [Uint8Array, number, number, number, string, (error: Error | null) => void]): void {
    const [buffer, offset, length, , , done] = call
    const told = (error: Error | null) => done(this.#isClosed ? CLOSED : error)
    if (this.#isClosed) told(null)
    else this.#family.send(buffer.subarray(offset, offset + length), this.endpoint, told)
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

  close(): void {
    this.#isClosed = true
    this.#family.remove(this)
    this.emit('close')
  }
}
