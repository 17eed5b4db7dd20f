import {
  type Attributes,
  childElements,
  NO_ATTRIBUTES,
  nameInPath,
  readAttributes,
  writeAttributes,
} from './element.ts'
import { CodecError } from './error.ts'
import type { XmlElement } from './xml.ts'

/** How a value is one element, whatever that element is called. */
export interface Content<V> {
  read(element: XmlElement, path: string): V
  write(name: string, value: V, path: string): string
}

/** Rows of one table: each an element of its own, at most `most` of them. */
export interface RowFormat<T> {
  readonly element: string
  readonly attributes: Attributes<T>
  /** What tells rows apart: no two rows have the same. */
  key(row: T): string
  readonly most: number
}

/** A value whose properties are the element's attributes. */
export function single<T>(table: Attributes<T>): Content<T> {
  return {
    read: (element, path) => {
      refuseChildren(element, path)
      return readAttributes(table, element, path)
    },
    write: (name, value, path) => `<${name}${writeAttributes(table, value, path)}/>`,
  }
}

/** A list of values: an element without attributes, a child for each row. */
export function rows<T>(format: RowFormat<T>): Content<T[]> {
  return {
    read: (element, path) => {
      readAttributes(NO_ATTRIBUTES, element, path)
      return readRows(format, element, path)
    },
    write: (name, values, path) => `<${name}>${writeRows(format, values, path)}</${name}>`,
  }
}

export function readRows<T>(format: RowFormat<T>, element: XmlElement, path: string): T[] {
  const children = childElements(element, path)
  checkRows('decode', format, children.length, path)
  const keys = new Set<string>()
  return children.map((child, index) => {
    if (child.name !== format.element) throw unknownElement(child, path)
    const at = `${path}/${format.element}[${index + 1}]`
    refuseChildren(child, at)
    const row = readAttributes(format.attributes, child, at)
    checkKey('decode', keys, format.key(row), at)
    return row
  })
}

export function writeRows<T>(format: RowFormat<T>, values: readonly T[], path: string): string {
  checkRows('encode', format, values.length, path)
  const keys = new Set<string>()
  let xml = ''
  for (const [index, row] of values.entries()) {
    const at = `${path}/${format.element}[${index + 1}]`
    checkKey('encode', keys, format.key(row), at)
    xml += `<${format.element}${writeAttributes(format.attributes, row, at)}/>`
  }
  return xml
}

export function unknownElement(element: XmlElement, path: string): CodecError {
  const name = nameInPath(element.name)
  return new CodecError('decode', path === '' ? name : `${path}/${name}`, 'no such element')
}

function refuseChildren(element: XmlElement, path: string): void {
  if (element.children.length === 0) return
  const [child] = childElements(element, path)
  if (child !== undefined) throw unknownElement(child, path)
}

type Deed = 'decode' | 'encode'

function checkRows<T>(deed: Deed, format: RowFormat<T>, length: number, path: string): void {
  if (length <= format.most) return
  throw new CodecError(deed, path, `it must have at most ${format.most} rows`)
}

function checkKey(deed: Deed, keys: Set<string>, key: string, path: string): void {
  if (keys.has(key)) throw new CodecError(deed, path, 'it repeats an earlier row')
  keys.add(key)
}
