import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A TCP line to an API server that breaks as networks do. */
export interface Relay extends AsyncDisposable {
  port: number
  /** Both ends of every connection see its end. */
  cut(): void
  /** From now on nothing arrives at either end of the present connections, and no end of theirs is seen. */
  swallow(): void
  /** While it is closed, new connections end at once. */
  setOpen(isOpen: boolean): void
}

export async function startRelay(target: number): Promise<Relay> {
  const sockets = new Set<Socket>()
  let isOpen = true
  const server = createServer({ noDelay: true }, near => {
    if (!isOpen) return void near.destroy()
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true })
    near.pipe(far).pipe(near)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {}) // the close that follows counts
      socket.on('close', () => {
        if (sockets.delete(socket)) other.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('cannot listen')

  const swallowed = new Set<Socket>()
  const cut = () => {
    for (const socket of [...sockets, ...swallowed]) socket.destroy()
  }
  return {
    port: address.port,
    cut,
    swallow() {
      for (const socket of sockets) {
        sockets.delete(socket)
        swallowed.add(socket)
        socket.unpipe()
        socket.resume() // what comes is read and forgotten
      }
    },
    setOpen(newIsOpen) {
      isOpen = newIsOpen
    },
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
