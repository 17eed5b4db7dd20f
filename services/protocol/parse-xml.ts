import { SaxesParser } from 'saxes'
import { CodecError } from './error.ts'
import { LIMITS } from './limits.ts'
import { tidyReason } from './text.ts'
import type { XmlElement } from './xml.ts'

/** An element that is still open. */
interface Growing extends XmlElement {
  readonly children: (XmlElement | string)[]
}

/**
 * Reads one document of restricted XML (RFC 6120, section 11.1): elements, attributes and text. Comments, processing
 * instructions, DTDs, CDATA sections, XML declarations and entities other than the five of XML are refused.
 *
 * @throws {CodecError} with the path `document` on anything else, and beyond LIMITS.documentCharacters and
 * LIMITS.documentDepth.
 */
export function parseXml(text: string): XmlElement {
  if (text.length > LIMITS.documentCharacters) {
    throw refusal(`it has more than ${LIMITS.documentCharacters} characters`)
  }
  const parser = new SaxesParser({ position: false })
  refuseUnrestricted(parser)
  const root = collect(parser)
  parser.write(text).close()
  const [element] = root.children
  if (element === undefined || typeof element === 'string') throw refusal('it has no element')
  return element
}

function refuseUnrestricted(parser: SaxesParser): void {
  const refuse = (what: string) => () => {
    throw refusal(`it must not have ${what}`)
  }
  parser.on('comment', refuse('comments'))
  parser.on('processinginstruction', refuse('processing instructions'))
  parser.on('xmldecl', refuse('an XML declaration'))
  parser.on('doctype', refuse('a DTD'))
  parser.on('cdata', refuse('CDATA sections'))
  parser.on('error', error => {
    throw refusal(`it is not well-formed XML (${error.message})`)
  })
}

/** Builds the tree while the parser goes; what is returned becomes the parent of the root element. */
function collect(parser: SaxesParser): Growing {
  const root: Growing = { name: '', attrs: {}, children: [] }
  const open = [root]
  parser.on('opentag', tag => {
    if (open.length > LIMITS.documentDepth) {
      throw refusal(`it is nested deeper than ${LIMITS.documentDepth} elements`)
    }
    const element: Growing = { name: tag.name, attrs: tag.attributes, children: [] }
    open.at(-1)?.children.push(element)
    open.push(element)
  })
  parser.on('closetag', () => {
    open.pop()
  })
  parser.on('text', text => {
    if (open.length > 1) open.at(-1)?.children.push(text)
  })
  return root
}

function refusal(why: string): CodecError {
  return new CodecError('decode', 'document', tidyReason(why))
}
