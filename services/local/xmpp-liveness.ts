import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** Pause between two questions, and how long a server that accepts a connection may be silent. */
const TIMES = { pauseMs: 5_000, patienceMs: 10_000 }

/**
 * Asks an XMPP server on this machine again and again for a stream, as the liveness probe of a cluster would; calls
 * back when it accepts a connection and then says nothing. Prosody's PostgreSQL driver was seen to block it for ever
 * after the database was killed.
 */
export async function watchXmpp(
  port: number,
  onHang: () => void,
  signal: AbortSignal,
  { pauseMs, patienceMs } = TIMES,
): Promise<void> {
  while (!signal.aborted) {
    if (await isSilent(port, patienceMs)) onHang()
    await delay(pauseMs, undefined, { signal }).catch(() => {})
  }
}

/** False also when nobody listens: then it is being started. */
async function isSilent(port: number, patienceMs: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const patience = AbortSignal.timeout(patienceMs)
  try {
    await once(socket, 'connect', { signal: patience })
    socket.write('<stream:stream xmlns:stream="http://etherx.jabber.org/streams" version="1.0">')
    await Promise.race(['data', 'close'].map(event => once(socket, event, { signal: patience })))
    return false
  } catch {
    return patience.aborted
  } finally {
    socket.on('error', () => {}).destroy()
  }
}
