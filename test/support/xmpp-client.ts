import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import type { XmlElement } from '@platen/protocol'
import { SaxesParser } from 'saxes'

export interface XmppClientOptions {
  /** 127.0.0.1, when it is not given. */
  host?: string
  port: number
  domain: string
  user: string
  password: string
  /** PEM of the authority that signed the server's certificate. */
  ca: string
}

/** A logged-in account that writes raw stanzas; small and quick, for tests and benchmarks. */
export interface XmppClient extends Disposable {
  /** Its full address. */
  readonly address: string
  /** Sends an IQ to `to` and resolves with its answer, a result or an error. */
  request(to: string, payload: string, type?: 'get' | 'set'): Promise<XmlElement>
  /** Sends XML as it is, or bytes. */
  send(xml: string | Buffer): void
  /** Resolves with the answer to an IQ that `send` has sent. */
  answerTo(id: string): Promise<XmlElement>
  /** The TLS socket, for tests of what happens to the connection. */
  readonly socket: Socket
}

/** Logs in: STARTTLS (RFC 6120, section 5), SCRAM-SHA-1 (RFC 5802), resource binding (RFC 6120, section 7). */
export async function connectXmpp(options: XmppClientOptions): Promise<XmppClient> {
  const tcp = connectTcp({ port: options.port, host: options.host ?? '127.0.0.1', noDelay: true })
  await once(tcp, 'connect')
  const plain = openStream(tcp, options.domain)
  await plain.next('stream:features')
  plain.send('<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>')
  await plain.next('proceed')
  plain.leave()

  const socket = connectTls({ socket: tcp, servername: options.domain, ca: options.ca })
  await once(socket, 'secureConnect')
  const secured = openStream(socket, options.domain)
  await secured.next('stream:features')
  await authenticate(secured, options)
  secured.leave()

  const stream = openStream(socket, options.domain)
  await stream.next('stream:features')
  stream.send('<iq type="set" id="bind"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>')
  const bound = await stream.next('iq')
  const address = textOf(bound)
  return clientOn(stream, socket, address)
}

function clientOn(stream: Stream, socket: Socket, address: string): XmppClient {
  const waiting = new Map<string, (answer: XmlElement) => void>()
  let lastId = 0
  stream.onElement(element => {
    const { id = '' } = element.attrs
    waiting.get(id)?.(element)
    waiting.delete(id)
  })
  const answerTo = (id: string) =>
    new Promise<XmlElement>((resolve, reject) => {
      waiting.set(id, resolve)
      socket.once('close', () => reject(new Error('cannot get an answer: the connection closed')))
    })
  socket.setMaxListeners(0)
  return {
    address,
    socket,
    answerTo,
    send: stream.send,
    request(to, payload, type = 'set') {
      lastId += 1
      stream.send(`<iq type="${type}" to="${to}" id="r${lastId}">${payload}</iq>`)
      return answerTo(`r${lastId}`)
    },
    [Symbol.dispose]: () => socket.destroy(),
  }
}

interface Stream {
  send(xml: string | Buffer): void
  /** The next element of the stream; throws when it has another name, or when the connection closes. */
  next(name: string): Promise<XmlElement>
  /** From now on every element goes there. */
  onElement(take: (element: XmlElement) => void): void
  /** Stops reading the socket, which the next stream takes over. */
  leave(): void
}

/** Opens a stream on the socket (RFC 6120, section 4.2). */
function openStream(socket: Socket, domain: string): Stream {
  const arrived: XmlElement[] = []
  let take = (element: XmlElement): void => void arrived.push(element)
  const parser = elementParser(element => take(element))
  const decoder = new TextDecoder()
  const read = (chunk: Buffer) => void parser.write(decoder.decode(chunk, { stream: true }))
  const closed = new AbortController()
  socket.on('data', read)
  socket.on('close', () => closed.abort(new Error('the server closed the connection')))
  socket.on('error', () => undefined) // the close that follows is what counts
  socket.write(
    `<stream:stream to="${domain}" version="1.0" xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams">`,
  )
  return {
    send: xml => void socket.write(xml),
    async next(name) {
      while (arrived.length === 0) await once(socket, 'data', { signal: closed.signal })
      const element = arrived.shift()
      if (element?.name === name) return element
      const said = element?.children.find(child => typeof child !== 'string')
      const got = said ? `${element?.name} (${said.name})` : element?.name
      throw new Error(`cannot log in: expected ${name}, got ${got}`)
    },
    onElement(newTake) {
      take = newTake
    },
    leave: () => void socket.removeListener('data', read),
  }
}

interface Growing extends XmlElement {
  readonly children: (XmlElement | string)[]
}

/** Emits each child of the document's root when it is complete. */
function elementParser(onElement: (element: XmlElement) => void) {
  const parser = new SaxesParser<{ xmlns: false; position: false }>({
    xmlns: false,
    position: false,
  })
  const open: Growing[] = []
  parser.on('opentag', ({ name, attributes }) => {
    const element: Growing = { name, attrs: attributes, children: [] }
    if (open.length > 1) open.at(-1)?.children.push(element)
    open.push(element)
  })
  parser.on('text', text => {
    if (open.length > 1) open.at(-1)?.children.push(text)
  })
  parser.on('closetag', () => {
    const closed = open.pop()
    if (closed && open.length === 1) onElement(closed)
  })
  return parser
}

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl'

async function authenticate(stream: Stream, { user, password }: XmppClientOptions): Promise<void> {
  const nonce = randomBytes(18).toString('base64')
  const first = `n=${user},r=${nonce}`
  stream.send(`<auth xmlns="${SASL}" mechanism="SCRAM-SHA-1">${base64(`n,,${first}`)}</auth>`)
  const challenge = fromBase64(textOf(await stream.next('challenge')))
  const last = await scramAnswer(password, first, challenge)
  stream.send(`<response xmlns="${SASL}">${base64(last)}</response>`)
  await stream.next('success')
}

/** The client's final message (RFC 5802, section 3). */
async function scramAnswer(password: string, first: string, challenge: string): Promise<string> {
  const fields = Object.fromEntries(
    challenge.split(',').map(field => [field.slice(0, 1), field.slice(2)]),
  )
  const salt = Buffer.from(fields.s ?? '', 'base64')
  const salted = await promisify(pbkdf2)(password, salt, Number(fields.i), 20, 'sha1')
  const clientKey = hmac(salted, 'Client Key')
  const unproved = `c=biws,r=${fields.r}`
  const signature = hmac(
    createHash('sha1').update(clientKey).digest(),
    `${first},${challenge},${unproved}`,
  )
  const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0))
  return `${unproved},p=${Buffer.from(proof).toString('base64')}`
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha1', key).update(text).digest()
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString()
}

/** All text in an element. */
export function textOf(element: XmlElement): string {
  return element.children.map(child => (typeof child === 'string' ? child : textOf(child))).join('')
}

/** The element's child of that name; throws without one. */
export function childOf(element: XmlElement, name: string): XmlElement {
  const found = element.children.find(child => typeof child !== 'string' && child.name === name)
  if (found && typeof found !== 'string') return found
  throw new Error(`cannot find ${name} in ${element.name}`)
}
