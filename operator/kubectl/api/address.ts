import { connect } from 'node:net'
import { Failure } from '../failure.ts'

/** Where the edge is reached; who answers there has to prove by its certificate that it is the tenant. */
export interface Address {
  host: string
  port: number
}

/** `HOST`, `HOST:PORT`, `[IPv6]:PORT`. @throws Failure */
export function parseAddress(text: string): Address {
  const [, bracketed, plain, port = '443'] =
    /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^:[\]/]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = bracketed ?? plain
  const number = Number(port)
  if (host !== undefined && number >= 1 && number <= 65_535) return { host, port: number }
  throw new Failure(`cannot read --edge ${text}: write HOST, HOST:PORT or [IPv6]:PORT`)
}

/** An edge nearby answers within milliseconds; one that nobody lets us reach says nothing. */
const PATIENCE_MS = 4_000

/** Why nobody takes a connection there, or undefined: somebody does. */
export function whyNoAnswer({ host, port }: Address): Promise<string | undefined> {
  return new Promise(resolve => {
    const socket = connect({ host, port, timeout: PATIENCE_MS })
    function answer(why: string | undefined): void {
      socket.destroy()
      resolve(why)
    }
    socket.once('connect', () => answer(undefined))
    socket.once('timeout', () => answer(`no answer in ${PATIENCE_MS / 1000} s`))
    socket.once('error', (error: NodeJS.ErrnoException) => answer(error.code ?? error.message))
  })
}
