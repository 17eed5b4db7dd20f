import type { Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import type { XmlElement } from '@platen/protocol'
import { SaxesParser } from 'saxes'
import { XmppError } from './error.ts'

const NAMESPACES = 'xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams"'
/** Bytes between two complete elements, and levels of elements. A receipt has up to 200 KB and three levels. */
const MOST_BYTES = 1024 * 1024
const MOST_LEVELS = 16

/** One XML stream over a socket (RFC 6120, section 4). */
export interface Stream {
  /** Sends XML. False: wait for the socket's `drain` before sending more. */
  write(xml: string): boolean
  /** The next element. Rejects when the stream ends first. */
  next(): Promise<XmlElement>
  /** From now on every element goes there. */
  forward(take: (element: XmlElement) => void): void
  /** Leaves the socket to somebody else. */
  leave(): void
}

/**
 * Opens a stream: sends the header and reads elements from then on. Whatever is not XML, a stream error and too large
 * an element destroy the socket with an XmppError.
 */
export function openStream(socket: Socket, domain: string): Stream {
  const arrived: XmlElement[] = []
  let waiting: { resolve(element: XmlElement): void; reject(error: Error): void } | undefined
  let ended: Error | undefined

  let take = (element: XmlElement): void => {
    if (waiting) waiting.resolve(element)
    else arrived.push(element)
    waiting = undefined
  }
  const end = (error: Error): void => {
    ended ??= error
    waiting?.reject(ended)
    waiting = undefined
  }
  const parse = elementParser(element => {
    if (element.name === 'stream:error') throw streamError(element)
    take(element)
  })
  const onData = (chunk: Buffer): void => {
    try {
      parse(chunk)
    } catch (error) {
      socket.destroy(error instanceof XmppError ? error : invalidXml())
    }
  }
  const onClose = () => end(new XmppError('connection-lost', 'the server closed the connection'))
  socket.on('data', onData).on('error', end).on('close', onClose)
  socket.write(`<?xml version="1.0"?><stream:stream to="${domain}" version="1.0" ${NAMESPACES}>`)

  return {
    write: xml => socket.write(xml),
    next: () => {
      const element = arrived.shift()
      if (element) return Promise.resolve(element)
      if (ended) return Promise.reject(ended)
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject }
      })
    },
    forward(newTake) {
      take = newTake
      for (const element of arrived.splice(0)) take(element)
    },
    leave: () => void socket.off('data', onData).off('error', end).off('close', onClose),
  }
}

function invalidXml(): XmppError {
  return new XmppError('invalid-xml', 'the server sent something else than an XMPP stream')
}

/** RFC 6120, section 4.9: unrecoverable, the server closes the stream after it. */
function streamError(element: XmlElement): XmppError {
  const condition = childElements(element)[0]?.name ?? 'undefined-condition'
  return new XmppError(condition, `the server ended the stream (${condition})`)
}

interface Growing extends XmlElement {
  readonly children: (XmlElement | string)[]
}

/** Gives a function that takes bytes, and hands on each child of the stream's root when it is complete. */
function elementParser(onElement: (element: XmlElement) => void): (chunk: Buffer) => void {
  const parser = new SaxesParser<{ xmlns: false; position: false }>({
    xmlns: false,
    position: false,
  })
  const decoder = new StringDecoder('utf8') // a character may be split between two chunks
  const open: Growing[] = []
  let bytes = 0

  const refuse = () => {
    throw invalidXml()
  }
  parser.on('doctype', refuse) // RFC 6120, section 11.1
  parser.on('processinginstruction', refuse)
  parser.on('comment', refuse)
  parser.on('error', refuse)
  parser.on('opentag', tag => {
    const element: Growing = { name: tag.name, attrs: tag.attributes, children: [] }
    if (open.length > 1) open.at(-1)?.children.push(element)
    if (open.push(element) > MOST_LEVELS) refuse()
  })
  parser.on('text', text => {
    if (open.length > 1) open.at(-1)?.children.push(text)
  })
  parser.on('closetag', () => {
    const closed = open.pop()
    if (!closed || open.length !== 1) return
    bytes = 0
    onElement(closed)
  })
  return chunk => {
    bytes += chunk.length
    if (bytes > MOST_BYTES) refuse()
    parser.write(decoder.write(chunk))
  }
}

/** An element's child elements. */
export function childElements(element: XmlElement): XmlElement[] {
  return element.children.filter(child => typeof child !== 'string')
}

export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return childElements(element).find(child => child.name === name)
}

/** The text directly in an element. */
export function textOf(element: XmlElement | undefined): string {
  return element?.children.filter(child => typeof child === 'string').join('') ?? ''
}
