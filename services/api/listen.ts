import type { createServer } from './server.ts'

/** Throws with one sentence that says what to do where the address is not to be had. */
export async function listen(
  server: ReturnType<typeof createServer>,
  { host, port }: { host: string; port: number },
): Promise<string> {
  try {
    return await server.listen({ host, port })
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? cause.code : cause
    const reason = why === 'EADDRINUSE' ? `port ${port} is in use` : `port ${port}: ${why}`
    throw new Error(`cannot listen: ${reason}; give another one as PLATEN_API_PORT`, { cause })
  }
}
