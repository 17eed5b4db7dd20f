import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { type Relay, startRelay } from './relay.ts'

/** A connection through a relay: what one end writes, the other has in `heard`. */
async function connection(): Promise<{ relay: Relay; near: Socket; far: Socket; heard: string[] }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('cannot listen')
  const relay = await startRelay(address.port)
  const accepted = once(server, 'connection')
  const near = connect(relay.port, '127.0.0.1').on('error', () => {})
  const far: Socket = (await accepted)[0]
  const heard: string[] = []
  far.on('error', () => {}).on('data', chunk => heard.push(String(chunk)))
  onTestFinished(async () => {
    near.destroy()
    far.destroy()
    await relay.close()
    server.close()
  })
  return { relay, near, far, heard }
}

it('passes on what is said', async () => {
  const { near, heard } = await connection()
  near.write('a')

  await expect.poll(() => heard.join('')).toBe('a')
})

it('cuts both ends', async () => {
  const { relay, near, far } = await connection()
  const closed = Promise.all([once(near, 'close'), once(far, 'close')])
  relay.cut()

  await closed
})

it('stalls without a word, also about the end of the other side, and closes later', async () => {
  const { relay, near, far, heard } = await connection()
  relay.stall(300)
  near.write('lost')
  near.destroy()
  await once(far, 'close')

  expect(heard).toEqual([])
})

it('lets nobody in while it is closed', async () => {
  const { relay } = await connection()
  relay.setOpen(false)
  const late = connect(relay.port, '127.0.0.1').on('error', () => {})

  await once(late, 'close')
})
