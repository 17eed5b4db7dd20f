import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'

/** A tenant's API behind its region's edge, as a program outside of the cluster reaches it. */
export interface ApiClient {
  /** @throws with the errors that it answers. */
  query<Data>(query: string, variables?: Record<string, unknown>): Promise<Data>
}

export interface ApiPlace {
  /** The tenant's host name: the edge's SNI, and what the certificate says. */
  host: string
  /** Of the edge's load balancer. */
  address: string
  /** PEM. */
  certificateAuthority: string
  token: string
}

const PATIENCE_MS = 10_000

export function apiClient({ host, address, certificateAuthority, token }: ApiPlace): ApiClient {
  return {
    async query(query, variables = {}) {
      const outgoing = request({
        host: address,
        port: 443,
        servername: host,
        ca: certificateAuthority,
        method: 'POST',
        path: '/graphql',
        headers: { host, 'content-type': 'application/json', authorization: `Bearer ${token}` },
        timeout: PATIENCE_MS,
      })
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')))
      outgoing.end(JSON.stringify({ query, variables }))
      const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
      const body = await text(incoming)
      const { data, errors } = JSON.parse(body)
      if (errors) throw new Error(`cannot ask ${host}: ${errors[0].message}`)
      return data
    },
  }
}
