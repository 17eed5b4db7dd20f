import { isIPv6 } from 'node:net'

/** Keys (in lower case) whose values never stand in a log, at whatever depth. */
const SECRET_KEYS = new Set([
  'address',
  'community',
  'host',
  'hostname',
  'ip',
  'location',
  'mac',
  'password',
  'secret',
  'serial',
  'serialnumber',
  'token',
  'url',
])

const IPV4 = /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])/g
const MAC = /(?<![\w:-])[\da-f]{2}(?:[:-][\da-f]{2}){5}(?![\w:-])/gi
/** What Node says of a name that it could not look up. */
const UNKNOWN_HOST = /\b(ENOTFOUND|EAI_AGAIN) \S+/g
const COLONS = /(?<![\w:])[\da-f:]*:[\da-f:]+(?![\w:])/gi

/**
 * A reviver for JSON.parse that takes out what must not be in a log: the values of well-known keys, and IP and MAC
 * addresses inside any text (Node's own errors say "connect ECONNREFUSED 10.1.2.3:161"). It is a safety net below the
 * rule that nobody logs such things, so it cuts too much rather than too little; object identifiers stay.
 */
export function redact(key: string, value: unknown): unknown {
  if (SECRET_KEYS.has(key.toLowerCase())) return '[redacted]'
  return typeof value === 'string' ? redactAddresses(value) : value
}

function redactAddresses(value: string): string {
  return value
    .replace(UNKNOWN_HOST, '$1 [host]')
    .replace(IPV4, '[address]')
    .replace(MAC, '[address]')
    .replace(COLONS, match => (isIPv6(match) ? '[address]' : match))
}
