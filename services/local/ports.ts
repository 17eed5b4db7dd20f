import { createServer } from 'node:net'

/** Ports of the loopback interface that nobody listened on a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listenOnAny()))
  return Promise.all(servers.map(release))
}

function listenOnAny(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

function release(server: ReturnType<typeof createServer>): Promise<number> {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return new Promise(resolve => server.close(() => resolve(port)))
}
