import type { Credentials } from './credentials.ts'
import { SnmpError } from './error.ts'
import { get } from './get.ts'
import type { Endpoint, SharedSockets } from './sockets.ts'
import type { Rows } from './value.ts'
import { type Bounds, walk } from './walk.ts'
import { openWire, type Wire, type WireOptions } from './wire.ts'

/** An agent to be read. Every method rejects with SnmpError and nothing else; nothing is ever written to a device. */
export interface SnmpSession {
  /** The values of these instances; what the agent does not have is absent. */
  get(oids: readonly string[]): Promise<Rows>
  /** All objects below each of the columns, within bounds. */
  walk(columns: readonly string[], bounds?: Bounds): Promise<Rows>
  /** What the agent answers to: v1 when it was asked by v2c and answers only v1. */
  readonly credentials: Credentials
  /** Ends what is under way with code `closed`. */
  close(): void
}

export interface SessionOptions extends Partial<WireOptions> {
  /** Milliseconds after which the session closes itself. */
  lifetime?: number
  /** Whether an agent that is silent to v2c is asked by v1; true by default. */
  fallsBack?: boolean
}

const TIMEOUT = 2_000
const RETRIES = 2
const LIFETIME = 60_000

/** Opens a session on the shared sockets. One request at a time: await each before the next. */
export function openSession(
  sockets: SharedSockets,
  endpoint: Endpoint,
  credentials: Credentials,
  options: SessionOptions = {},
): SnmpSession {
  const { timeout = TIMEOUT, retries = RETRIES, lifetime = LIFETIME, fallsBack = true } = options
  const open = (as: Credentials) => openWire(sockets, endpoint, as, { timeout, retries })
  let known = credentials
  let wire = open(credentials)
  let mayFallBack = fallsBack

  async function exchange(deed: (wire: Wire) => Promise<Rows>): Promise<Rows> {
    try {
      const rows = await deed(wire)
      mayFallBack = false
      return rows
    } catch (error) {
      if (!mayFallBack || known.version !== 'v2c' || !isTimeout(error)) throw error
      wire.close()
      known = { ...known, version: 'v1' }
      wire = open(known)
      return exchange(deed)
    }
  }

  function close(): void {
    clearTimeout(timer)
    mayFallBack = false
    wire.close()
  }

  const timer = setTimeout(close, lifetime)
  timer.unref()
  return {
    get: oids => exchange(wire => get(wire, oids)),
    walk: (columns, bounds) => exchange(wire => walk(wire, columns, bounds)),
    get credentials() {
      return known
    },
    close,
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof SnmpError && error.code === 'timeout'
}
