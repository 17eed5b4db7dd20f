import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/**
 * Makes the sockets of a pool, all to one server that is never silent for longer than `ms` while something is asked of
 * it. A host without power, or a pod whose address is gone, ends no connection: TCP sends again for a quarter of an hour
 * (tcp_retries2 of Linux), and keep-alive waits while something is on its way. When one socket was silent for too long,
 * all end that are as old: they would have to find it out one after the other.
 */
export function impatientSockets(ms: number): () => Socket {
  const made = new Map<Socket, number>()
  function giveUp() {
    const since = Date.now() - ms
    for (const [socket, at] of made) {
      if (at <= since) socket.destroy(silence(ms))
    }
  }
  return () => {
    const socket = new Socket().setTimeout(ms)
    made.set(socket, Date.now())
    return socket.once('timeout', giveUp).once('close', () => made.delete(socket))
  }
}

/** Does `work`, whose answer takes as long as it takes, with one of these sockets. */
export async function patiently<Result>(
  stream: Duplex,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!(stream instanceof Socket) || !stream.timeout) return await work()
  const ms = stream.timeout
  stream.setTimeout(0)
  try {
    return await work()
  } finally {
    stream.setTimeout(ms)
  }
}

function silence(ms: number): Error {
  const error = new Error(`the server has said nothing for ${ms} ms`)
  return Object.assign(error, { code: 'ETIMEDOUT' })
}
