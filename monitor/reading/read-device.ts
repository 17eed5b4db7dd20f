import {
  type Credentials,
  openSession,
  type SessionOptions,
  type SharedSockets,
  SnmpError,
} from '../snmp/index.ts'
import { ask } from './ask.ts'
import { normalise } from './normalise.ts'
import type { Reading } from './reading.ts'

/** How to reach an agent, and as whom. */
export interface Agent {
  sockets: SharedSockets
  /** IPv4 or IPv6 address. */
  address: string
  /** UDP port, usually 161. */
  port: number
  credentials: Credentials
}

/** Why a device could not be read: `unreachable` it never answered, `unreadable` what it answered is of no use. */
export interface Unreadable {
  code: 'unreachable' | 'unreadable'
  /** A sentence without address, serial number or value. */
  reason: string
}

export function isUnreadable(result: Reading | Unreadable): result is Unreadable {
  return 'reason' in result
}

/**
 * Reads one device. Never rejects because of the device. Rejects with the signal's reason when that is aborted.
 */
export async function readDevice(
  agent: Agent,
  signal: AbortSignal,
  options?: SessionOptions,
): Promise<Reading | Unreadable> {
  signal.throwIfAborted()
  const session = openSession(agent.sockets, agent, agent.credentials, options)
  signal.addEventListener('abort', session.close, { once: true })
  try {
    return normalise(await ask(session), agent.address)
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof SnmpError)) throw error
    const code = error.code === 'timeout' ? 'unreachable' : 'unreadable'
    return { code, reason: error.message }
  } finally {
    signal.removeEventListener('abort', session.close)
    session.close()
  }
}
