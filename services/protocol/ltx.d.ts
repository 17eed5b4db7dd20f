/** The parser of xmpp.js, which has no types of its own; only tests import it here. */
declare module 'ltx' {
  export function parse(text: string): import('./xml.ts').XmlElement
}
