import type { XmlElement } from '@platen/protocol'
import { NAMESPACE } from '@platen/protocol'

/** What a stanza asks of the ingest. */
export type Request =
  | { kind: 'batch'; monitor: string; batch: XmlElement }
  /** Decided without looking further: the answer is ready. */
  | { kind: 'answer'; xml: string }
  /** Wants no answer: presence, messages, IQ results and errors. */
  | { kind: 'nothing' }

/** Stanza errors in use, with the type that tells the sender what to do (RFC 6120, section 8.3.3). */
const ERROR_TYPES = {
  'bad-request': 'modify',
  forbidden: 'auth',
  'internal-server-error': 'wait',
  'resource-constraint': 'wait',
  'service-unavailable': 'cancel',
} as const
export type Condition = keyof typeof ERROR_TYPES

const STANZA_ERRORS = 'urn:ietf:params:xml:ns:xmpp-stanzas'
const PING = 'urn:xmpp:ping'

/** Reads a stanza. Only accounts of `domain` may ask for anything: their server vouches for their address. */
export function readStanza(stanza: XmlElement, domain: string): Request {
  const { type, from = '' } = stanza.attrs
  if (stanza.name !== 'iq' || (type !== 'get' && type !== 'set')) return { kind: 'nothing' }
  const monitor = accountOf(from, domain)
  if (monitor === undefined) return { kind: 'answer', xml: errorIq(stanza, 'forbidden') }
  return readRequest(stanza, monitor)
}

function readRequest(iq: XmlElement, monitor: string): Request {
  const [payload, ...more] = iq.children.filter(child => typeof child !== 'string')
  // RFC 6120, section 8.2.3: exactly one child
  if (payload === undefined || more.length > 0) {
    return { kind: 'answer', xml: errorIq(iq, 'bad-request') }
  }
  switch (`${iq.attrs.type} ${payload.name} ${payload.attrs.xmlns}`) {
    case `set batch ${NAMESPACE}`:
      return { kind: 'batch', monitor, batch: payload }
    case `get ping ${PING}`:
      return { kind: 'answer', xml: resultIq(iq, '') }
    default:
      return { kind: 'answer', xml: errorIq(iq, 'service-unavailable') }
  }
}

/** The result of an IQ (RFC 6120, section 8.2.3); `payload` is XML. Written as text: it is a third of the cost. */
export function resultIq(request: XmlElement, payload: string): string {
  return `<iq type="result"${addresses(request)}>${payload}</iq>`
}

/** An IQ's error (RFC 6120, section 8.3); the request isn't repeated in it, it may be large. */
export function errorIq(request: XmlElement, condition: Condition, text?: string): string {
  const why = text === undefined ? '' : `<text xmlns="${STANZA_ERRORS}">${escapeXml(text)}</text>`
  return `<iq type="error"${addresses(request)}><error type="${ERROR_TYPES[condition]}"><${condition} xmlns="${STANZA_ERRORS}"/>${why}</error></iq>`
}

/** The local part of a full address `local@domain/resource`; undefined for every other address. */
function accountOf(address: string, domain: string): string | undefined {
  const slash = address.indexOf('/')
  const bare = address.slice(0, Math.max(slash, 0))
  const at = bare.indexOf('@')
  if (at < 1 || bare.slice(at + 1) !== domain) return undefined
  return bare.slice(0, at)
}

function addresses({ attrs }: XmlElement): string {
  const { from = '', to = '', id = '' } = attrs
  return ` from="${escapeXml(to)}" to="${escapeXml(from)}" id="${escapeXml(id)}"`
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, character => ESCAPES[character] ?? '')
}
