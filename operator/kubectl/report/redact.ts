import { isIPv4, isIPv6 } from 'node:net'

export type Redact = (text: string) => string

type Rule = [RegExp, string | ((match: string, ...groups: string[]) => string)]

/** Names of fields whose value is never for others, whatever it looks like. */
const FIELDS =
  'pass(?:word|wd|phrase)?|secret|token|authorization|cookie|credentials?|community|api[_-]?key|(?:secret[_-]?)?access[_-]?key(?:[_-]?id)?|private[_-]?key|serial(?:[_-]?(?:number|no))?|host[_-]?name|sys[_-]?(?:name|location|contact)|mac(?:[_-]?address)?|display[_-]?name|user[_-]?name'

/** Fields in which PostgreSQL and CloudNativePG quote what was stored. */
const QUOTING = 'detail|query|statement|internal_query|context|parameters'

const QUOTED = String.raw`"(?:[^"\\]|\\.)*"`

/** From the most to the least telling: a rule sees what the ones before have left. */
const RULES: Rule[] = [
  [/-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g, '[pem]'],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, '$1[credentials]@'],
  [/\b(Bearer|Basic) +[\w+/=.~-]+/gi, '$1 [token]'],
  [/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, '[token]'],
  [/\bplaten_[\w-]{20,}/g, '[token]'],
  [/\bA(?:KI|SI)A[0-9A-Z]{16}\b/g, '[key]'],
  // In JSON, also in JSON that is quoted in JSON.
  [new RegExp(String.raw`(\\*"(?:${QUOTING})\\*"\s*:\s*)${QUOTED}`, 'gi'), '$1"[left out]"'],
  [
    new RegExp(
      String.raw`(\\?"\w*(?:${FIELDS})\\?"\s*:\s*)(?:${QUOTED}|\\"(?:[^"\\])*\\"|-?\d+)`,
      'gi',
    ),
    '$1"[redacted]"',
  ],
  [
    new RegExp(String.raw`(\b\w*(?:${FIELDS})\s*=\s*)(?:${QUOTED}|'[^']*'|[^\s,;}\]"']+)`, 'gi'),
    '$1[redacted]',
  ],
  [
    new RegExp(
      String.raw`(\b(?:password|passwd|serial(?: number| no\.?)?|token)\s*:?\s+)(?:${QUOTED}|'[^']*'|(?=\S*\d)[\w./+-]{4,})`,
      'gi',
    ),
    '$1[redacted]',
  ],
  [/(\binvalid (?:input|byte|value)[^"]*)"[^"]*"/g, '$1"[value]"'],
  // Also a monitor's account; neither a digest of an image nor the time behind a rotation.
  [/[\w.!#$%&*+=?^|~-]+@(?!sha256:)[A-Za-z][A-Za-z0-9.-]*/g, '[address]'],
  [/\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b/gi, '[mac]'],
  [/\b(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}\b/gi, '[mac]'],
  [/(?<![\w-])[0-9a-f]{12}(?![\w-])/gi, '[mac]'],
  [/(?<![\w:.])[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*(?:%\w+)?/gi, ipv6],
  [/(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)/g, match => (isIPv4(match) ? ip(match) : match)],
  [/\bip-(?:\d{1,3}-){3}\d{1,3}\b/g, 'ip-[address]'],
  // But for a place in PostgreSQL's log, 0/16B3748.
  [/\b(?<![0-9A-F]\/(?=[0-9A-F]{1,8}\b))(?=(?:[A-Z]*\d){3})(?=\d*[A-Z])[A-Z0-9]{7,24}\b/g, serial],
]

/** They are everybody's. */
const NOBODYS = ['127.0.0.1', '0.0.0.0', '::', '::1']

function ip(address: string): string {
  return NOBODYS.includes(address) ? address : '[address]'
}

function ipv6(match: string): string {
  // What only ends a sentence, or comes before a port, is none of it.
  const [, address = '', rest = ''] =
    /^(.*?[0-9a-f]|::)(:?\.?)$/i.exec(match.replace(/%\w+$/, '')) ?? []
  return isIPv6(address) ? ip(address) + rest : match
}

/** Letters and digits, as devices have them; times in one word are none. */
function serial(match: string): string {
  return /^\d*T\d{6}Z$/.test(match) ? match : '[serial]'
}

/**
 * Takes out of a text what might be about somebody: addresses, serial numbers, passwords and tokens by what they look like,
 * and `names` by themselves. Our own logs hold none of that by design; what others write is not ours to promise.
 */
export function createRedact(names: readonly string[]): Redact {
  const known = [...new Set(names.map(name => name.trim()))].filter(name => name !== '')
  // The longest first: one may be a part of another.
  const patterns = known.sort((a, b) => b.length - a.length).map(escaped)
  const all: Rule[] =
    patterns.length === 0
      ? RULES
      : [
          [
            new RegExp(`(?<![\\p{L}\\p{N}])(?:${patterns.join('|')})(?![\\p{L}\\p{N}])`, 'giu'),
            '[name]',
          ],
          ...RULES,
        ]
  return text => all.reduce((rest, [pattern, by]) => rest.replace(pattern, by as string), text)
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

/** In every text of a value; what fields are called stays. */
export function redactValue(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map(item => redactValue(item, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, redactValue(each, redact)]),
  )
}

/** PostgreSQL's lines that quote what was stored, each with the lines that go on with it. */
const QUOTING_LINE = /\b(?:DETAIL|STATEMENT|QUERY|CONTEXT|PARAMETERS): {2}/

/** A log, line by line. */
export function redactLog(text: string, redact: Redact): string {
  let leavesOut = false
  const lines = text.split('\n').flatMap(line => {
    // Behind the time that kubectl puts there.
    const goesOn = /^(?:\S+ )?\t/.test(line)
    if (goesOn && leavesOut) return []
    leavesOut = QUOTING_LINE.test(line)
    return [leavesOut ? line.replace(/(\b[A-Z]+: {2}).*/, '$1[left out]') : line]
  })
  return redact(lines.join('\n'))
}
