import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

/** Many tenants' servers in one process, told apart by their address of the loopback network. */
export interface FakeTenants extends AsyncDisposable {
  /** On every address of 127.0.0.0/8 that no other server took. */
  readonly port: number
}

/** Where the fake tenant of a number listens. */
export function addressOf(tenant: number): string {
  return `127.60.${tenant >> 8}.${tenant & 255}`
}

/** Each answers everything that comes with the address at which it came, and a blank. */
export async function startFakeTenants(port = 0): Promise<FakeTenants> {
  const open = new Set<Socket>()
  const server: Server = createServer(socket => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => undefined)
    socket.on('data', () => socket.write(`${socket.localAddress} `))
  })
  server.listen({ port, host: '0.0.0.0', backlog: 4_096 })
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : port,
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}
