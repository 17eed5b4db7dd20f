import { isIPv4, isIPv6 } from 'node:net'
import { LIMITS } from './limits.ts'
import { isReason, isText } from './text.ts'

/** The values that one attribute can have. Each has exactly one spelling, which is `String(value)`. */
export interface Kind<V> {
  /** Completes "it must be ..."; docs/protocol.md has it word by word. */
  readonly meaning: string
  /** The value; undefined when the text is not exactly one. */
  read(text: string): V | undefined
}

/** One of a closed list of names. */
export function oneOf<V extends string>(name: string, values: readonly V[]): Kind<V> {
  const known = new Map<string, V>(values.map(value => [value, value]))
  return { meaning: `one of the names of ${name}`, read: text => known.get(text) }
}

function matching(meaning: string, pattern: RegExp): Kind<string> {
  return { meaning, read: text => (pattern.test(text) ? text : undefined) }
}

/** Whole numbers as JavaScript holds them exactly; no sign, no leading zero, no exponent. */
function wholeNumber(least: number, most: number): Kind<number> {
  return {
    meaning: `a whole number from ${least} to ${most}, digits only`,
    read: text => {
      const value = Number(text)
      if (!Number.isSafeInteger(value) || String(value) !== text) return undefined
      return value >= least && value <= most ? value : undefined
    },
  }
}

export const count = wholeNumber(0, Number.MAX_SAFE_INTEGER)
export const positive = wholeNumber(1, Number.MAX_SAFE_INTEGER)
/** For counts of devices and sweeps, which the database holds in an `integer`. */
export const smallCount = wholeNumber(0, 2 ** 31 - 1)

export const amount: Kind<number | 'some' | 'unlimited'> = {
  meaning: `${count.meaning}, or the word some or unlimited`,
  read: text => (text === 'some' || text === 'unlimited' ? text : count.read(text)),
}

export const text: Kind<string> = {
  meaning: `1 to ${LIMITS.text} code points without control characters and without blanks at its ends`,
  read: value => (isText(value) ? value : undefined),
}

export const lowerCaseText: Kind<string> = {
  meaning: `${text.meaning}, in lower case`,
  read: value => (isText(value) && value.toLowerCase() === value ? value : undefined),
}

export const reason: Kind<string> = {
  meaning: `1 to ${LIMITS.text} printable ASCII characters without quotation mark, ampersand and angle brackets`,
  read: value => (isReason(value) ? value : undefined),
}

export const epoch = matching('1 to 36 characters of 0-9, a-z and -', /^[0-9a-z-]{1,36}$/)
export const token = matching('1 to 64 characters of 0-9, A-Z, a-z and . _ -', /^[\w.-]{1,64}$/)
export const mac = matching(
  'six octets in lower-case hex with colons',
  /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/,
)

/** https://www.w3.org/TR/trace-context/#traceparent-header, version 00; ids of nothing but zeros are invalid there. */
export const traceparent = matching(
  'a W3C traceparent of version 00',
  /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/,
)

export const address: Kind<string> = {
  meaning: 'an IPv4 or IPv6 address without a zone',
  // A zone (fe80::1%eth0) means something on one machine only, and PostgreSQL's inet refuses it.
  read: value => (isIPv4(value) || (isIPv6(value) && !value.includes('%')) ? value : undefined),
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

export const time: Kind<string> = {
  meaning: 'a real date and time from 1970 on, like 2026-11-23T08:00:00.000Z',
  read: value => {
    if (!TIME.test(value)) return undefined
    const milliseconds = Date.parse(value)
    if (!(milliseconds >= 0)) return undefined
    // JavaScript takes 30 February for 2 March: only what comes back the same is real.
    return new Date(milliseconds).toISOString() === value ? value : undefined
  },
}
