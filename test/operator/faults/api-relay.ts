import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent, createServer, request } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { files } from '../../kubernetes/certificates.ts'
import type { ClusterAccess } from '../../kubernetes/index.ts'
import { readKubeconfig, writeKubeconfig } from '../../kubernetes/kubeconfig.ts'

/** A request that came by. */
export interface Passing {
  method: string
  /** With query. */
  path: string
  /** It changes something; the lease and reviews of rights do not count. */
  isWrite: boolean
  isWatch: boolean
  /** Unix time in milliseconds. */
  at: number
}

export type Fate =
  /** The API server gets it, and the operator its answer. */
  | 'pass'
  /** Neither gets anything: the connection ends. */
  | 'drop'
  /** The API server does it, and nobody hears of it: the connection ends. */
  | 'lose'
  /** The operator is told this, and the API server nothing. */
  | { status: number; reason: string; message: string; retryAfterSeconds?: number }

/** Stands between the operator and an API server, and speaks HTTP; what it answers itself is simulated. */
export interface ApiRelay extends AsyncDisposable {
  /** Path of a kubeconfig that leads through it. */
  kubeconfig: string
  passed: Passing[]
  /** From now on, for each request. */
  decide(fate: (passing: Passing) => Fate): void
  /** Ends all connections, and with them all watches. */
  cut(): void
}

/** @param kubeconfig whose credentials the operator has; a token, because a certificate does not get through. */
export async function startApiRelay(
  { url, directory }: ClusterAccess,
  kubeconfig: string,
): Promise<ApiRelay> {
  const at = files(directory)
  const connection = readKubeconfig(kubeconfig)
  const agent = new Agent({ keepAlive: true, ca: connection.ca })
  const passed: Passing[] = []
  const sockets = new Set<Socket>()
  let fateOf: (passing: Passing) => Fate = () => 'pass'
  const server = createServer(
    { cert: readFileSync(at.server), key: readFileSync(at.serverKey) },
    (near, answer) => {
      const passing = passingOf(near)
      passed.push(passing)
      pass({ near, answer, agent, url }, fateOf(passing)).catch(() => answer.destroy())
    },
  )
  server.on('secureConnection', socket => {
    sockets.add(socket)
    socket.on('error', () => {}) // the close that follows counts
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const own = join(directory, `kubeconfig-relay-${port}`)
  writeKubeconfig(own, { ...connection, url: `https://127.0.0.1:${port}` })
  return {
    kubeconfig: own,
    passed,
    decide(fate) {
      fateOf = fate
    },
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      agent.destroy()
      await once(server, 'close')
    },
  }
}

const NO_CHANGE = /\/(leases|selfsubjectreviews)(\/|\?|$)/

function passingOf({ method = '', url: path = '' }: IncomingMessage): Passing {
  return {
    method,
    path,
    isWrite: method !== 'GET' && !NO_CHANGE.test(path),
    isWatch: path.includes('watch=true'),
    at: Date.now(),
  }
}

interface Line {
  near: IncomingMessage
  answer: ServerResponse
  agent: Agent
  url: string
}

async function pass({ near, answer, agent, url }: Line, fate: Fate): Promise<void> {
  if (fate === 'drop') return void answer.destroy()
  if (typeof fate === 'object') return refuse(answer, fate)
  const { method = 'GET', headers } = near
  const far = request(`${url}${near.url}`, { method, headers, agent })
  answer.on('close', () => far.destroy())
  near.pipe(far)
  const [incoming] = (await once(far, 'response')) as [IncomingMessage]
  if (fate === 'lose') {
    await buffer(incoming)
    return void answer.destroy()
  }
  answer.writeHead(incoming.statusCode ?? 500, incoming.headers)
  answer.flushHeaders() // of a watch in which nothing happens
  incoming.on('error', () => answer.destroy())
  incoming.pipe(answer)
}

/** As the API server puts it: https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.34/#status-v1-meta */
function refuse(
  answer: ServerResponse,
  { status, reason, message, retryAfterSeconds }: Exclude<Fate, string>,
): void {
  answer.writeHead(status, {
    'content-type': 'application/json',
    ...(retryAfterSeconds !== undefined && { 'retry-after': `${retryAfterSeconds}` }),
  })
  answer.end(
    JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      code: status,
      reason,
      message,
    }),
  )
}
