import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const PAUSE_MS = 1_000
const PATIENCE_MS = 10_000

/**
 * Asks an XMPP server again and again for a stream, as the liveness probe of a cluster would; calls back when it
 * accepts a connection and then says nothing. Prosody's PostgreSQL driver can block it for ever after the database was
 * killed.
 */
export function watchXmpp(port: number, onHang: () => void, signal: AbortSignal): Promise<void> {
  return watch(port, onHang, signal).catch(error => {
    if (!signal.aborted) throw error
  })
}

async function watch(port: number, onHang: () => void, signal: AbortSignal): Promise<void> {
  for (;;) {
    await delay(PAUSE_MS, undefined, { signal })
    if (await isSilent(port)) onHang()
  }
}

/** False also when nobody listens: then it is being started. */
async function isSilent(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const patience = AbortSignal.timeout(PATIENCE_MS)
  try {
    await once(socket, 'connect', { signal: patience })
    socket.write('<stream:stream xmlns:stream="http://etherx.jabber.org/streams" version="1.0">')
    await once(socket, 'data', { signal: patience })
    return false
  } catch {
    return patience.aborted
  } finally {
    socket.on('error', () => {}).destroy()
  }
}
