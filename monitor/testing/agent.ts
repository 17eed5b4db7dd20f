import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** A UDP socket on 127.0.0.1 that answers as the test wants. */
export interface FakeAgent extends AsyncDisposable {
  port: number
  /** Says something unasked to a port on 127.0.0.1. */
  send(datagram: Buffer, port: number): void
}

export async function fakeAgent(
  answer: (datagram: Buffer, from: RemoteInfo, socket: Socket) => void,
): Promise<FakeAgent> {
  const socket = createSocket('udp4')
  socket.on('message', (datagram, from) => answer(datagram, from, socket))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    send: (datagram, port) => socket.send(datagram, port, '127.0.0.1'),
    [Symbol.asyncDispose]: () => closed(socket),
  }
}

/** Passes on to another agent only what is SNMPv1: a device that does not know v2c. One asker at a time. */
export async function onlyV1(target: { address: string; port: number }): Promise<FakeAgent> {
  const behind = createSocket('udp4')
  let reply: (answer: Buffer) => void = () => {}
  behind.on('message', answer => reply(answer))
  const agent = await fakeAgent((datagram, from, socket) => {
    if (versionOf(datagram) !== 0) return
    reply = answer => socket.send(answer, from.port, from.address)
    behind.send(datagram, target.port, target.address)
  })
  const dispose = async () => {
    await agent[Symbol.asyncDispose]()
    await closed(behind)
  }
  return { ...agent, [Symbol.asyncDispose]: dispose }
}

/** The first INTEGER of a message (RFC 1157, RFC 3416): 0 v1, 1 v2c, 3 v3. */
function versionOf(datagram: Buffer): number | undefined {
  const length = datagram[1] ?? 0
  return datagram[(length < 0x80 ? 2 : 2 + (length & 0x7f)) + 2]
}

async function closed(socket: Socket): Promise<void> {
  const end = once(socket, 'close')
  socket.close()
  await end
}
