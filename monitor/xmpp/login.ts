import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { XmlElement } from '@platen/protocol'
import { XmppError } from './error.ts'
import { scramLogin } from './scram.ts'
import { childElements, childOf, openStream, type Stream, textOf } from './stream.ts'

export interface XmppOptions {
  /** Where the server is reached; its certificate is checked against `domain`. */
  host: string
  port: number
  domain: string
  user: string
  password: string
  /** PEM of the authority that signed the server's certificate; absent: those that Node trusts. */
  ca?: string | undefined
}

/** A stream that is logged in. */
export interface Session {
  stream: Stream
  socket: TLSSocket
}

const TLS = 'urn:ietf:params:xml:ns:xmpp-tls'
const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl'
const BIND = 'urn:ietf:params:xml:ns:xmpp-bind'
const MECHANISM = 'SCRAM-SHA-1'

/**
 * Connects and logs in: STARTTLS (RFC 6120, section 5), SASL (section 6), resource binding (section 7). The password
 * is used only on a verified TLS connection, and never leaves this process: SCRAM proves that it is known, and the
 * server has to prove the same.
 *
 * Rejects with an XmppError or a system or TLS error; nothing stays open.
 */
export async function login(options: XmppOptions, signal: AbortSignal): Promise<Session> {
  signal.throwIfAborted()
  const { host, port } = options
  const tcp = connectTcp({ host, port, noDelay: true, keepAlive: true })
  tcp.on('error', () => undefined) // who waits is told by `once`; at other times it must not end the process
  const stop = () => tcp.destroy(asError(signal.reason))
  signal.addEventListener('abort', stop)
  try {
    await once(tcp, 'connect')
    const socket = await secure(tcp, options)
    const stream = await authenticate(socket, options)
    await bind(stream)
    return { stream, socket }
  } catch (error) {
    tcp.destroy()
    throw signal.aborted ? asError(signal.reason) : error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

async function secure(tcp: Socket, { domain, ca }: XmppOptions): Promise<TLSSocket> {
  const plain = openStream(tcp, domain)
  const features = await nextFeatures(plain)
  if (childOf(features, 'starttls')?.attrs.xmlns !== TLS) throw noTls()
  plain.write(`<starttls xmlns="${TLS}"/>`)
  const answer = await plain.next()
  if (answer.name !== 'proceed' || answer.attrs.xmlns !== TLS) throw noTls()
  // What came in plain text after <proceed/> stays in this stream, unread: nobody can slip it in before the encryption.
  plain.leave()
  const socket = connectTls({ socket: tcp, servername: domain, ca, minVersion: 'TLSv1.2' })
  socket.on('error', () => undefined)
  await once(socket, 'secureConnect') // rejects when the certificate is not valid for the domain
  if (!socket.authorized) throw noTls()
  return socket
}

function noTls(): XmppError {
  return new XmppError('no-tls', 'the server offers no TLS')
}

/** Gives the stream that is to be used after the login. */
async function authenticate(
  socket: TLSSocket,
  { domain, user, password }: XmppOptions,
): Promise<Stream> {
  const stream = openStream(socket, domain)
  const features = await nextFeatures(stream)
  const offered = childElements(childOf(features, 'mechanisms') ?? features).map(textOf)
  if (!offered.includes(MECHANISM)) {
    throw new XmppError('invalid-mechanism', `the server does not offer ${MECHANISM}`)
  }
  const scram = scramLogin(user, password, randomBytes(18).toString('base64'))
  stream.write(`<auth xmlns="${SASL}" mechanism="${MECHANISM}">${base64(scram.first)}</auth>`)
  const challenge = await saslAnswer(stream, 'challenge')
  const answer = await scram.answer(challenge)
  stream.write(`<response xmlns="${SASL}">${base64(answer)}</response>`)
  if (!scram.isProof(await saslAnswer(stream, 'success'))) {
    throw new XmppError('unproved-server', 'the server does not know the password itself')
  }
  stream.leave()
  const authenticated = openStream(socket, domain)
  await nextFeatures(authenticated)
  return authenticated
}

async function saslAnswer(stream: Stream, name: 'challenge' | 'success'): Promise<string> {
  const element = await stream.next()
  if (element.name === name && element.attrs.xmlns === SASL) {
    return Buffer.from(textOf(element), 'base64').toString()
  }
  const condition = childElements(element)[0]?.name ?? element.name
  throw new XmppError(condition, `the server refused the login (${condition})`)
}

async function bind(stream: Stream): Promise<void> {
  stream.write(`<iq type="set" id="bind"><bind xmlns="${BIND}"/></iq>`)
  const answer = await stream.next()
  if (answer.name === 'iq' && answer.attrs.type === 'result') return
  throw new XmppError('bind', 'the server refused to bind a resource')
}

async function nextFeatures(stream: Stream): Promise<XmlElement> {
  const element = await stream.next()
  if (element.name === 'stream:features') return element
  throw new XmppError('invalid-xml', 'the server sent something else than its features')
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
