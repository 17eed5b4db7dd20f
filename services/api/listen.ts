import type { createServer } from './server.ts'

/** Returns the port. Throws with one sentence that says what to do where the address is not to be had. */
export async function listen(
  server: ReturnType<typeof createServer>,
  { host, port }: { host: string; port: number },
): Promise<number> {
  try {
    await server.listen({ host, port })
    const address = server.server.address()
    return typeof address === 'object' && address ? address.port : port
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? cause.code : cause
    const reason = why === 'EADDRINUSE' ? `port ${port} is in use` : `port ${port}: ${why}`
    throw new Error(`cannot listen: ${reason}; give another one as PLATEN_API_PORT`, { cause })
  }
}
