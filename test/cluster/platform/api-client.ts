import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'

/** A tenant's API behind its region's edge, as a program outside of the cluster reaches it. */
export interface ApiClient {
  /** @throws with the errors that it answers. */
  query<Data>(query: string, variables?: Record<string, unknown>): Promise<Data>
}

/** What an HTTPS request to a tenant's host was answered. */
export interface Answer {
  status: number
  body: string
}

export interface ApiPlace {
  /** The tenant's host name: the edge's SNI, and what the certificate says. */
  host: string
  /** Of the edge's load balancer. */
  address: string
  /** 443, when it is not told. */
  port?: number
  /** PEM. */
  certificateAuthority: string
  token: string
}

const PATIENCE_MS = 10_000

export function apiClient({ token, ...place }: ApiPlace): ApiClient {
  return {
    async query(query, variables = {}) {
      const headers = { authorization: `Bearer ${token}` }
      const { body } = await post(place, '/graphql', { query, variables }, headers)
      const { data, errors } = JSON.parse(body)
      if (errors) throw new Error(`cannot ask ${place.host}: ${errors[0].message}`)
      return data
    },
  }
}

/**
 * Sends JSON through the edge, which finds the tenant by the name that TLS asks for.
 * @param headers besides; a `host` among them is what HTTP says instead.
 */
export async function post(
  { host, address, port = 443, certificateAuthority }: Omit<ApiPlace, 'token'>,
  path: string,
  content: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const outgoing = request({
    host: address,
    port,
    servername: host,
    ca: certificateAuthority,
    method: 'POST',
    path,
    headers: { host, 'content-type': 'application/json', ...headers },
    timeout: PATIENCE_MS,
  })
  outgoing.on('error', () => {}) // one that comes in the middle of an answer ends that
  outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')))
  outgoing.end(JSON.stringify(content))
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: incoming.statusCode ?? 0, body: await text(incoming) }
}
