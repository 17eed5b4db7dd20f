import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A TCP line between two processes that can be broken in every way that a network knows. */
export interface Relay {
  port: number
  /** Closes every connection at both ends. */
  cut(): void
  /** From now on nothing arrives at either end of the present connections, not even their end; then they are closed. */
  stall(milliseconds: number): void
  /** While it is closed, a new connection ends at once. */
  setOpen(isOpen: boolean): void
  close(): Promise<void>
}

interface Pair {
  near: Socket
  far: Socket
  isStalled: boolean
}

/** Listens on a free port of the loopback interface and passes on to another port there. */
export async function startRelay(target: number): Promise<Relay> {
  const pairs = new Set<Pair>()
  let isOpen = true
  const server = createServer({ allowHalfOpen: true, noDelay: true }, near => {
    if (!isOpen) return void near.destroy()
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    const pair = { near, far, isStalled: false }
    pairs.add(pair)
    join(pair, () => pairs.delete(pair))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('cannot listen')

  const cut = () => [...pairs].forEach(end)
  return {
    port: address.port,
    cut,
    stall(milliseconds) {
      const stalled = [...pairs]
      for (const pair of stalled) stop(pair)
      setTimeout(() => stalled.forEach(end), milliseconds)
    },
    setOpen(newIsOpen) {
      isOpen = newIsOpen
      if (!isOpen) cut()
    },
    async close() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}

function join(pair: Pair, onEnd: () => void): void {
  const { near, far } = pair
  near.pipe(far)
  far.pipe(near)
  for (const socket of [near, far]) {
    socket.on('error', () => {}) // the close that follows counts
    socket.on('close', () => {
      if (pair.isStalled) return
      end(pair)
      onEnd()
    })
  }
}

function stop(pair: Pair): void {
  pair.isStalled = true
  const { near, far } = pair
  near.unpipe(far).pause()
  far.unpipe(near).pause()
}

function end(pair: Pair): void {
  pair.isStalled = false
  pair.near.destroy()
  pair.far.destroy()
}
