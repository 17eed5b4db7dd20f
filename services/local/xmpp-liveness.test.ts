import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { watchXmpp } from './xmpp-liveness.ts'

async function serverThat(answers: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = []
  const server = createServer(socket => {
    sockets.push(socket.on('error', () => {}))
    answers(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

/** How many hangs were told until the server had been asked so often. */
async function hangsOf(server: (asked: () => void) => (socket: Socket) => void, times: number) {
  let [hangs, asked] = [0, 0]
  const port = await serverThat(server(() => asked++))
  const watching = new AbortController()
  const watch = watchXmpp(port, () => hangs++, watching.signal, { pauseMs: 10, patienceMs: 200 })
  await expect.poll(() => asked).toBeGreaterThan(times)
  watching.abort()
  await watch
  return hangs
}

it('tells of a server that takes the connection and says nothing', async () => {
  expect(await hangsOf(asked => () => asked(), 1)).toBeGreaterThan(0)
})

it('is content with a server that answers', async () => {
  const answering = (asked: () => void) => (socket: Socket) => {
    asked()
    socket.on('data', () => socket.write('<stream:stream>'))
  }
  expect(await hangsOf(answering, 3)).toBe(0)
})

it('leaves a server alone that is down: it is being started', async () => {
  const closing = (asked: () => void) => (socket: Socket) => {
    asked()
    socket.destroy()
  }
  expect(await hangsOf(closing, 3)).toBe(0)
})
