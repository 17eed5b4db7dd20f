import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Socket } from 'node:net'

/** A TCP line to a server that may swallow everything, old connections and new ones: what hangs, and does not break. */
export interface SilentRelay extends AsyncDisposable {
  port: number
  /** While it is silent, nothing arrives at either end. Connections from then end with it. */
  setSilent(isSilent: boolean): void
}

export async function startSilentRelay(target: NetConnectOpts): Promise<SilentRelay> {
  const sockets = new Set<Socket>()
  let silent = false
  function keep(socket: Socket): Socket {
    sockets.add(socket)
    socket.on('error', () => {}) // the close that follows counts
    socket.on('close', () => sockets.delete(socket))
    return socket
  }
  const server = createServer({ noDelay: true }, near => {
    keep(near)
    if (silent) return void near.resume()
    const far = keep(connect({ ...target, noDelay: true }))
    near.pipe(far).pipe(near)
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    setSilent(isSilent) {
      silent = isSilent
      for (const socket of sockets) {
        if (isSilent) socket.unpipe().resume()
        else socket.destroy()
      }
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
