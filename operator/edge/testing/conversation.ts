import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'

/** The first that comes back; '' when the connection is closed without a word, or is not to be had. */
export async function say(port: number, parts: readonly (string | Buffer)[]): Promise<string> {
  const socket = await open(port).catch(() => undefined)
  if (!socket) return ''
  const said = firstAnswer(socket)
  for (const part of parts) {
    if (socket.destroyed) break
    socket.write(part)
    await sleep(parts.length > 1 ? 5 : 0) // a packet each
  }
  const answer = await said
  socket.destroy()
  return answer
}

/** @param localAddress where it comes from, of 127.0.0.0/8 */
export async function open(port: number, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true })
  socket.on('error', () => undefined) // a reset closes as well
  await once(socket, 'connect')
  return socket
}

/** Resolves with '' when the connection is closed without an answer. */
export function firstAnswer(socket: Socket): Promise<string> {
  return new Promise(resolve => {
    socket.once('data', data => resolve(data.toString().trim()))
    socket.once('close', () => resolve(''))
  })
}

export function header(host: string): string {
  return `<stream:stream to="${host}" version="1.0" xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams">`
}

/** The first message of a TLS client, as Node's TLS makes it. */
export async function clientHello(host: string): Promise<Buffer> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const client = connectTls({ port, host: '127.0.0.1', ...(host && { servername: host }) })
  client.on('error', () => undefined)
  const [socket] = (await once(server, 'connection')) as [Socket]
  const [hello] = (await once(socket, 'data')) as [Buffer]
  client.destroy()
  socket.destroy()
  server.close()
  return hello
}
