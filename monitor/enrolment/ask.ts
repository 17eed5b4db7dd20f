import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { getCACertificates } from 'node:tls'
import { type Answer, readAnswer } from './answer.ts'

export interface AskOptions {
  /** The tenant's address. */
  url: URL
  /** PEM of an authority that is trusted besides the system's. */
  authority: string | undefined
  code: string
  password: string
}

const MOST_MILLISECONDS = 20_000
const MOST_BYTES = 256 * 1024

/** Asks the tenant's API for an account. Rejects with what the network, TLS or the time said. */
export async function ask(options: AskOptions, signal: AbortSignal): Promise<Answer> {
  const { url, authority, code, password } = options
  const outgoing = request(new URL('/enrol', url), {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json' },
    rejectUnauthorized: true, // whatever the environment says: the password goes there
    ...(authority !== undefined && { ca: [...getCACertificates('default'), authority] }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(MOST_MILLISECONDS)]),
  })
  outgoing.on('error', () => undefined) // who waits is told by `once`; at other times it must not end the process
  outgoing.end(JSON.stringify({ code, password }))
  try {
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    return readAnswer(incoming.statusCode ?? 0, await textOf(incoming))
  } finally {
    outgoing.destroy()
  }
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw new Error('the answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

const UNKNOWN_AUTHORITY = 'its certificate is signed by nobody known; check PLATEN_ENROL_CA_FILE'

const ADVICE: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there; check PLATEN_ENROL_URL',
  ENOTFOUND: 'its name cannot be resolved; check PLATEN_ENROL_URL',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host; check PLATEN_ENROL_URL',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  ABORT_ERR: 'it does not answer',
}

/** Why there was no answer, in words for the log, without hosts and names. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return 'something unknown happened'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return code === undefined ? error.message : (ADVICE[code] ?? code)
}
