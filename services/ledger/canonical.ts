/** All that an entry may hold. No floats, booleans or nulls: two programs could write them differently. */
export type Value = string | number | Value[] | { [name: string]: Value }

/** Of objects and lists in one another: deeper than any entry, and far from the end of the stack. */
const MAX_DEPTH = 8

/**
 * The one text of a value: JSON as RFC 8785 (JCS) writes it, for the part of JSON that `Value` is. Names are sorted, no
 * space stands between tokens; strings and names are printable ASCII, numbers are integers from 0 to 2^53 - 1. In that
 * part RFC 8785 has no special case left (`jq -cS` writes the same), so that these lines are all of it.
 * Throws a `TypeError` on anything else.
 */
export function canonical(value: Value, depth = 0): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number') return integer(value)
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(`cannot write ${value}: only text, integers, lists and objects are allowed`)
  }
  if (depth === MAX_DEPTH) throw new TypeError(`cannot write more than ${MAX_DEPTH} levels`)
  if (Array.isArray(value)) return `[${value.map(item => canonical(item, depth + 1)).join(',')}]`
  const members = Object.keys(value)
    .sort()
    .map(name => `${quoted(name)}:${canonical(value[name] as Value, depth + 1)}`)
  return `{${members.join(',')}}`
}

function quoted(text: string): string {
  if (!/^[ -~]*$/.test(text)) {
    throw new TypeError(`cannot write ${JSON.stringify(text)}: only printable ASCII is allowed`)
  }
  return JSON.stringify(text)
}

function integer(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new TypeError(`cannot write ${value}: only integers from 0 to 2^53 - 1 are allowed`)
  }
  return String(value)
}

/** `text` with a question mark for each character that `canonical` refuses, cut to `length`. */
export function printable(text: string, length = 500): string {
  return text.replace(/[^ -~]/g, '?').slice(0, length)
}
