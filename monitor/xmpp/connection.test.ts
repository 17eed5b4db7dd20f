import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { stayConnected } from './connection.ts'

it('waits longer and longer for a server that accepts connections and then says nothing', async () => {
  const attempts: number[] = []
  const enough = Promise.withResolvers<void>()
  const server = createServer(socket => {
    socket.on('error', () => {})
    if (attempts.push(performance.now()) === 10) enough.resolve()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const ending = new AbortController()
  const { port } = server.address() as AddressInfo
  const options = { host: '127.0.0.1', port, domain: 'platen.localhost', user: 'm', password: 'p' }
  // A login hangs for longer than a connection has to stand to be a good one.
  const times = { backoff: { first: 1, longest: 60_000 }, login: 20, stable: 10 }
  const handlers = { onUp() {}, onDown() {}, onElement() {}, onDrain() {} }
  const ended = stayConnected({ ...options, times }, handlers, ending.signal)
  onTestFinished(async () => {
    ending.abort()
    await ended
    server.close()
  })
  await enough.promise
  const [before = 0, last = 0] = attempts.slice(-2)
  expect(last - before).toBeGreaterThanOrEqual(128) // at least half of 2 ** 8 ms
})
