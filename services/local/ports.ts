import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/**
 * Below the ports that systems give to whoever asks for any (from 32768 on, `ip_local_port_range` of ip(7)): until its
 * program listens, nobody is given one of these by chance.
 */
const FIRST = 16_384
const COUNT = 16_384

/** Ports of the loopback interface that nobody listened on a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listenSomewhere()))
  return Promise.all(servers.map(release))
}

async function listenSomewhere(): Promise<Server> {
  for (;;) {
    const server = createServer().listen(FIRST + randomInt(COUNT), '127.0.0.1')
    const error = await once(server, 'listening').then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error,
    )
    if (!error) return server
    if (error.code !== 'EADDRINUSE') throw error
  }
}

function release(server: Server): Promise<number> {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return new Promise(resolve => server.close(() => resolve(port)))
}
