import { CodecError } from './error.ts'
import type { Kind } from './kinds.ts'
import { NAMESPACE } from './limits.ts'
import { tidyReason } from './text.ts'
import { escapeXml, type XmlElement } from './xml.ts'

/** One property of T as an attribute. */
export interface Attribute<T> {
  readonly name: string
  readonly required: boolean
  readonly kind: Kind<unknown>
  isIn(row: Partial<T>): boolean
  /** Puts the value into `row`; false when the text is not of the kind. */
  read(text: string, row: Partial<T>): boolean
  /** The attribute as XML with a blank before it; empty when absent, undefined when the value can't be sent. */
  write(row: T): string | undefined
}

/** All properties of T as the attributes of one element, in the order in which they are written. */
export interface Attributes<T> {
  readonly all: readonly Attribute<T>[]
  readonly required: readonly Attribute<T>[]
  readonly byName: ReadonlyMap<string, Attribute<T>>
}

interface Field<V, R extends boolean> {
  readonly kind: Kind<V>
  readonly required: R
}

/** A field for each property of T, required exactly where T requires it: the compiler holds table and type together. */
type Fields<T> = {
  readonly [K in keyof T]-?: Field<
    Exclude<T[K], undefined>,
    object extends Pick<T, K> ? false : true
  >
}

export function required<V>(kind: Kind<V>): Field<V, true> {
  return { kind, required: true }
}

export function optional<V>(kind: Kind<V>): Field<V, false> {
  return { kind, required: false }
}

/** The table of one element's attributes: `hostName` is the attribute `host-name`. */
export function attributes<T>(fields: Fields<T>): Attributes<T> {
  const all: Attribute<T>[] = []
  for (const key in fields) all.push(attribute<T, typeof key>(key, fields[key]))
  return {
    all,
    required: all.filter(one => one.required),
    byName: new Map(all.map(one => [one.name, one])),
  }
}

/** For elements that only hold others. */
export const NO_ATTRIBUTES = attributes<object>({})

function attribute<T, K extends keyof T & string>(
  key: K,
  field: Field<Exclude<T[K], undefined>, boolean>,
): Attribute<T> {
  const { kind } = field
  const name = key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  return {
    name,
    required: field.required,
    kind,
    isIn: row => row[key] !== undefined,
    read: (text, row) => {
      const value = kind.read(text)
      if (value === undefined) return false
      row[key] = value
      return true
    },
    write: row => {
      const value = row[key]
      if (value === undefined) return field.required ? undefined : ''
      const text = String(value)
      // What the other end would not read as the same value is not sent.
      return kind.read(text) === value ? ` ${name}="${escapeXml(text)}"` : undefined
    },
  }
}

/** @throws {CodecError} on an attribute that is unknown, missing, or not of its kind. */
export function readAttributes<T>(table: Attributes<T>, element: XmlElement, path: string): T {
  const row: Partial<T> = {}
  for (const name of Object.keys(element.attrs)) {
    const text = element.attrs[name] ?? ''
    const known = table.byName.get(name)
    if (known === undefined) acceptNamespace(name, text, path)
    else if (!known.read(text, row)) throw mustBe('decode', `${path}/@${name}`, known.kind)
  }
  if (isComplete(row, table)) return row
  const missing = table.required.find(one => !one.isIn(row))
  throw new CodecError('decode', `${path}/@${missing?.name}`, 'it is required')
}

function isComplete<T>(row: Partial<T>, table: Attributes<T>): row is T {
  return table.required.every(one => one.isIn(row))
}

/** Prosody repeats the namespace on what it forwards, so it is welcome on any element. */
function acceptNamespace(name: string, text: string, path: string): void {
  const at = `${path}/@${nameInPath(name)}`
  if (name !== 'xmlns') throw new CodecError('decode', at, 'no such attribute')
  if (text !== NAMESPACE) throw new CodecError('decode', at, `it must be ${NAMESPACE}`)
}

/** @throws {CodecError} on a value that decoders would refuse. */
export function writeAttributes<T>(table: Attributes<T>, row: T, path: string): string {
  let xml = ''
  for (const one of table.all) {
    const text = one.write(row)
    if (text === undefined) throw mustBe('encode', `${path}/@${one.name}`, one.kind)
    xml += text
  }
  return xml
}

export function mustBe(deed: 'decode' | 'encode', path: string, kind: Kind<unknown>): CodecError {
  return new CodecError(deed, path, `it must be ${kind.meaning}`)
}

/** The child elements; blanks between them are allowed, other text is not. */
export function childElements(element: XmlElement, path: string): XmlElement[] {
  const elements: XmlElement[] = []
  for (const child of element.children) {
    if (typeof child !== 'string') elements.push(child)
    else if (child.trim() !== '') throw new CodecError('decode', `${path}/text()`, 'no text here')
  }
  return elements
}

/** A name that somebody else chose, as it may stand in an error: short, plain ASCII. */
export function nameInPath(name: string): string {
  return tidyReason(name.slice(0, 64)).replaceAll(' ', '?')
}
