import { connect as connectTcp, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { serve, settingsOf } from '../../bench/worker.ts'
import type { ApiPlace } from '../../cluster/platform/api-client.ts'

/**
 * Opens connections to a tenant through the edge and says nothing more on them, in a process of its own: TLS on 443 by turns
 * with XMPP streams on 5222. When it has as many as it wants it ends the oldest for each new one.
 */
export interface ConnectSettings {
  place: Omit<ApiPlace, 'token'>
  /** This machine's addresses to come from, in turn. */
  sources: string[]
  /** On each of both ports. */
  most: number
  /** That are being opened at the same time. */
  parallel: number
}

export interface Connected {
  opened: number
  /** Closed before the other end had said anything. */
  refused: number
  /** As many as were open at once. */
  held: number
}

export interface ConnectCommands {
  /** Ends all connections, and tells what became of them. */
  stop(): Promise<Connected>
}

const { place, sources, most, parallel } = settingsOf<ConnectSettings>()
const connected: Connected = { opened: 0, refused: 0, held: 0 }
const REFUSED_PAUSE_MS = 20
const PATIENCE_MS = 20_000
let isConnecting = true

interface Way {
  open(localAddress: string): Socket
  /** What the socket tells when the tenant has answered. */
  answered: 'secureConnect' | 'data'
  held: Set<Socket>
}

const tls: Way = {
  answered: 'secureConnect',
  held: new Set(),
  open: localAddress =>
    connectTls({
      ...{ host: place.address, port: 443, servername: place.host, localAddress },
      ca: place.certificateAuthority,
    }),
}

const xmpp: Way = {
  answered: 'data',
  held: new Set(),
  open(localAddress) {
    const socket = connectTcp({ host: place.address, port: 5222, localAddress })
    socket.write(
      `<stream:stream to="${place.host}" version="1.0" xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams">`,
    )
    return socket
  },
}

/** Resolves when the tenant has answered, or will not. */
function connectOnce({ open, answered, held }: Way, source: string): Promise<boolean> {
  const socket = open(source)
  socket.setTimeout(PATIENCE_MS, () => socket.destroy())
  socket.resume() // otherwise its end is not noticed
  return new Promise(resolve => {
    socket.once(answered, () => {
      socket.setTimeout(0)
      held.add(socket)
      resolve(true)
    })
    socket.on('error', () => {}) // a reset closes it as well
    socket.once('close', () => {
      held.delete(socket)
      resolve(false)
    })
  })
}

function endOldest(held: Set<Socket>): void {
  const [oldest] = held
  if (!oldest) return
  held.delete(oldest)
  oldest.destroy()
}

async function connectForEver(way: Way, first: number): Promise<void> {
  for (let index = first; isConnecting; index += 1) {
    if (way.held.size >= most) endOldest(way.held)
    const isOpen = await connectOnce(way, sources[index % sources.length] ?? '')
    connected[isOpen ? 'opened' : 'refused'] += 1
    connected.held = Math.max(connected.held, tls.held.size + xmpp.held.size)
    if (!isOpen) await sleep(REFUSED_PAUSE_MS)
  }
}

const connecting = Array.from({ length: parallel }, (_, index) =>
  connectForEver(index % 2 === 0 ? tls : xmpp, index >> 1),
)

const commands: ConnectCommands = {
  async stop() {
    isConnecting = false
    await Promise.all(connecting)
    for (const socket of [...tls.held, ...xmpp.held]) socket.destroy()
    return connected
  },
}

serve({ ...commands }, () => {})
