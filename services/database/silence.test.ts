import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { startSilentRelay } from '../../test/support/silent-relay.ts'
import { impatientSockets } from './silence.ts'

const MS = 300

async function open(make: () => Socket, port: number): Promise<Socket> {
  const socket = make().on('error', () => {})
  onTestFinished(() => void socket.destroy())
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

const closed = (socket: Socket) => new Promise(resolve => void socket.once('close', resolve))

it('gives up with a silent socket all that are as old, and none that are newer', async () => {
  // Where it leads does not matter: nothing is passed on.
  await using relay = await startSilentRelay({ port: 9, host: '127.0.0.1' })
  relay.setSilent(true)
  const make = impatientSockets(MS)
  const [silent, busy] = [await open(make, relay.port), await open(make, relay.port)]
  const ended = closed(silent)
  for (let times = 0; times < 3; times += 1) {
    await sleep(MS / 6)
    busy.write('x')
  }
  const newer = await open(make, relay.port)
  await ended

  expect(silent.errored).toMatchObject({ code: 'ETIMEDOUT' })
  expect(busy.destroyed).toBe(true)
  expect(newer.destroyed).toBe(false)
  await closed(newer)
  expect(newer.errored).toMatchObject({ code: 'ETIMEDOUT' })
})
