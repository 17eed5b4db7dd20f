import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { freshDatabase } from '../../test/support/database.ts'
import { LIMITS } from './limits.ts'
import { listen } from './listen.ts'
import { testApi } from './testing/api.ts'

it('has so many connections at a time, and lets the next one in when one ends', async () => {
  await using database = await freshDatabase()
  await using api = await testApi(database.sql)
  const port = await listen(api.server, { host: '127.0.0.1', port: 0 })

  const sockets: Socket[] = []
  while (sockets.length < LIMITS.connections) {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    await once(socket, 'connect')
  }
  expect(await ask(port)).toBe('')
  sockets.pop()?.destroy()
  await expect.poll(() => ask(port)).toContain('HTTP/1.1 401')
  for (const socket of sockets) socket.destroy()
})

/** The beginning of the answer; '' when the connection is closed without one. */
function ask(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write('GET /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
  return new Promise(resolve => {
    socket.once('data', data => resolve(data.toString()))
    socket.on('error', () => {}) // a reset closes it as well
    socket.once('close', () => resolve(''))
  })
}
