import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { buffer } from 'node:stream/consumers'
import { Failure, messageOf } from '../failure.ts'
import type { Address } from './address.ts'

/** How a tenant's API is reached and known. */
export interface Endpoint {
  address: Address
  /** The tenant's own: sent as server name, so that the edge knows where to, and demanded of the certificate. */
  host: string
  /** PEM, of the region; undefined: an authority that this machine trusts. */
  authority: string | undefined
  token: string
  signal: AbortSignal
}

export interface Answer {
  status: number
  body: Buffer
}

const PATIENCE_MS = 30_000

/** @throws Failure where nobody answers, or somebody who is not the tenant. */
export async function ask(endpoint: Endpoint, path: string, body?: object): Promise<Answer> {
  const { address, host, authority, token, signal } = endpoint
  const content = body === undefined ? undefined : JSON.stringify(body)
  try {
    const outgoing = request({
      ...address,
      path,
      servername: host,
      method: content === undefined ? 'GET' : 'POST',
      agent: false,
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
      headers: {
        host,
        authorization: `Bearer ${token}`,
        ...(content !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(content),
        }),
      },
      ...(authority !== undefined && { ca: authority }),
    })
    outgoing.end(content)
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    return { status: incoming.statusCode ?? 0, body: await buffer(incoming) }
  } catch (cause) {
    if (signal.aborted) throw cause
    throw new Failure(
      `cannot ask the API at ${host} (by ${address.host}:${address.port}): ${whyOf(cause)}`,
      {
        cause,
      },
    )
  }
}

function whyOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (/^(ERR_TLS|UNABLE_|SELF_SIGNED|DEPTH_ZERO|CERT_)/.test(code)) {
    return `who answers there does not prove to be the tenant (${code}); nothing was sent`
  }
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in 30 s'
  if (code === 'ECONNRESET') {
    return 'the edge ended the connection, as it does with hosts that it has no route for; see the condition EdgeReady'
  }
  return messageOf(error)
}
