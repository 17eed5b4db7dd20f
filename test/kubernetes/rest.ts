import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { Connection } from './kubeconfig.ts'

/**
 * Plain HTTP to an API server, for what tests set up and look at. It shares nothing with the operator's own client,
 * so that a mistake there does not hide itself.
 */
export interface Rest extends Disposable {
  /**
   * @param path e.g. `/api/v1/namespaces`.
   * @throws RestError for any status from 400 on.
   */
  call<Answer = KubeObject>(method: Method, path: string, options?: CallOptions): Promise<Answer>
  /** Plain text, e.g. of `/metrics`. */
  text(path: string): Promise<string>
  /** Settles when the server or the signal ends the watch. */
  watch(path: string, each: (event: WatchEvent) => void, signal: AbortSignal): Promise<void>
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface CallOptions {
  body?: unknown
  /** Of a PATCH: `merge` is RFC 7396, `apply` server-side apply. */
  patch?: 'merge' | 'apply'
  /** In the name of another user; the administrator may. */
  as?: string
  /** Of that user. */
  groups?: string[]
  signal?: AbortSignal
}

/** As the API serves it; tests know what they look at. */
// biome-ignore lint/suspicious/noExplicitAny: every kind has its own fields.
export type KubeObject = any

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  object: KubeObject
}

export class RestError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const CONTENT_TYPES = {
  merge: 'application/merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

function inTheNameOf({ as, groups }: Pick<CallOptions, 'as' | 'groups'>) {
  return {
    ...(as !== undefined && { 'impersonate-user': as }),
    ...(groups && { 'impersonate-group': groups }),
  }
}

export function restTo({ url, ca, credentials }: Connection): Rest {
  const token = 'token' in credentials ? credentials.token : undefined
  const pair = 'token' in credentials ? {} : { cert: credentials.certificate, key: credentials.key }
  const agent = new Agent({ keepAlive: true, maxSockets: 64, ca, ...pair })

  async function open(
    method: Method,
    path: string,
    { body, patch, signal, ...who }: CallOptions,
  ): Promise<IncomingMessage> {
    const content = body === undefined ? '' : JSON.stringify(body)
    const headers = {
      accept: 'application/json',
      'content-length': Buffer.byteLength(content), // which Node does not add to a DELETE
      'content-type': patch ? CONTENT_TYPES[patch] : 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
      ...inTheNameOf(who),
    }
    const outgoing = request(`${url}${path}`, { method, agent, headers, ...(signal && { signal }) })
    outgoing.end(content)
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    const status = incoming.statusCode ?? 500
    if (status < 400) return incoming
    throw new RestError(status, `cannot ${method} ${path}: ${status} ${await text(incoming)}`)
  }

  return {
    async call(method, path, options = {}) {
      return JSON.parse(await text(await open(method, path, options)))
    },
    async text(path) {
      return await text(await open('GET', path, {}))
    },
    async watch(path, each, signal) {
      const sign = path.includes('?') ? '&' : '?'
      const incoming = await open('GET', `${path}${sign}watch=1`, { signal })
      incoming.on('error', () => {}) // ended by the signal, or by a server that went away
      for await (const line of createInterface({ input: incoming })) each(JSON.parse(line))
    },
    [Symbol.dispose]() {
      agent.destroy()
    },
  }
}
