/** An element as decoders read it; the elements of ltx (which xmpp.js uses) have this shape. */
export interface XmlElement {
  readonly name: string
  /** Attributes by name as written, `xmlns` among them. */
  readonly attrs: Readonly<Record<string, string>>
  /** Elements and text, in document order. */
  readonly children: readonly (XmlElement | string)[]
}

const NOT_PLAIN = /["&<>]|[^ -~]/gu

/** Text as it stands between double quotes: ASCII, all else as numeric character references (XML 1.0, section 4.1). */
export function escapeXml(text: string): string {
  return text.replace(NOT_PLAIN, character => `&#${character.codePointAt(0)};`)
}
