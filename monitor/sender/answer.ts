import { CodecError, decodeReceipt, type Refusal, type XmlElement } from '@platen/protocol'
import { childElements, childOf, textOf } from '../xmpp/index.ts'

/** What the answer to a batch means for the sender. */
export type Answer =
  | { kind: 'stored'; refused: Refusal[] }
  /** The batch as a whole can't be read: `bad-request` of type `modify` (RFC 6120, section 8.3.3.1). */
  | { kind: 'malformed'; reason: string }
  /** Send it again later: the component or its database is away, or overloaded. */
  | { kind: 'wait'; condition: string }

/**
 * Reads an IQ result or error. Whatever is not understood means `wait`: only a receipt may end a report's life, and
 * only a clear refusal may put it aside.
 */
export function readAnswer(iq: XmlElement): Answer {
  if (iq.attrs.type === 'result') return readResult(iq)
  const error = childOf(iq, 'error')
  const condition = error ? conditionOf(error) : 'undefined-condition'
  if (error?.attrs.type !== 'modify' || condition !== 'bad-request')
    return { kind: 'wait', condition }
  return { kind: 'malformed', reason: textOf(childOf(error, 'text')) || condition }
}

function readResult(iq: XmlElement): Answer {
  const receipt = childOf(iq, 'receipt')
  if (!receipt) return { kind: 'wait', condition: 'no-receipt' }
  try {
    return { kind: 'stored', refused: decodeReceipt(receipt).refused }
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    return { kind: 'wait', condition: 'invalid-receipt' }
  }
}

function conditionOf(error: XmlElement): string {
  return childElements(error).find(child => child.name !== 'text')?.name ?? 'undefined-condition'
}

/** The monitor answers no requests yet, but every request must have an answer: RFC 6120, section 8.2.3. */
export function refuseRequest(iq: XmlElement): string {
  const attributes = [
    ['to', iq.attrs.from],
    ['id', iq.attrs.id],
  ].flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${escapeXml(value)}"`]))
  return `<iq type="error"${attributes.join('')}><error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>`
}

function escapeXml(text: string): string {
  return text.replace(/["&<>]|[^ -~]/gu, character => `&#${character.codePointAt(0)};`)
}
