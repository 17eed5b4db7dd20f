import { verify as verifySignature } from 'node:crypto'
import { Chain } from './chain.ts'
import type { Verdict } from './entry.ts'
import { type Finding, finding } from './findings.ts'
import type { Keys } from './keys.ts'
import { type Line, parseLine } from './line.ts'

export interface VerifyOptions {
  /** Whose ledger it must be; otherwise that of the first entry. */
  tenant?: string
  region?: string
  /** The hash that the Tenant's status published: the file must hold that entry. */
  head?: string
  /** The number of the first line in its file, for the findings. */
  firstLine?: number
}

export interface Verification {
  /** Well-formed and rightly signed; only these are counted. */
  entries: number
  from?: Point
  to?: Point
  verdicts: Record<Verdict, number>
  /** In the order of the lines; none with severity `error`: nothing speaks against the ledger. */
  findings: Finding[]
}

export interface Point {
  sequence: number
  at: string
  hash: string
}

/**
 * Looks for everything that can be seen in the lines of a ledger: changed, removed, inserted, reordered, repeated or
 * forked entries, signatures of others, entries of other tenants or regions, times that run backwards. What was cut off
 * at the end shows only with `head`. Never throws, whatever the lines are.
 */
export function verifyLedger(
  lines: readonly string[],
  keys: Keys,
  options: VerifyOptions = {},
): Verification {
  const chain = new Chain(options)
  const verdicts: Record<Verdict, number> = { verified: 0, violated: 0, unknown: 0 }
  const points: Point[] = []
  const findings: Finding[] = []
  for (const [index, text] of lines.entries()) {
    const number = index + (options.firstLine ?? 1)
    const line = readLine(text, number, keys)
    if ('kind' in line) {
      findings.push(line)
      continue
    }
    findings.push(...chain.add(line, number))
    verdicts[line.entry.verdict] += 1
    points.push({ sequence: line.entry.sequence, at: line.entry.at, hash: line.hash })
  }
  findings.push(...wholeFindings(points, options.head))
  const [from, to] = [points[0], points.at(-1)]
  return { entries: points.length, ...(from && { from }), ...(to && { to }), verdicts, findings }
}

/** The line, when it is an entry that one of the keys signed. */
function readLine(text: string, number: number, keys: Keys): Line | Finding {
  const line = parseLine(text)
  if (typeof line === 'string') {
    return finding('malformed', number, `line ${number} was changed or cut: ${line}`)
  }
  const { sequence, keyId } = line.entry
  const key = keys.get(keyId)
  if (!key) {
    const message = `entry ${sequence} names the key ${keyId}, which is not among the given keys`
    return finding('unknown-key', number, message)
  }
  if (verifySignature(null, Buffer.from(line.signed), key, line.signature)) return line
  const message = `entry ${sequence} was changed, or the key ${keyId} did not sign it`
  return finding('wrong-signature', number, message)
}

function wholeFindings(points: Point[], head: string | undefined): Finding[] {
  if (points.length === 0) return [finding('empty', 0, 'there is no entry that one can rely on')]
  if (head === undefined || points.at(-1)?.hash === head) return []
  const place = points.findIndex(({ hash }) => hash === head)
  if (place < 0) {
    const message = `the entry with the hash ${head} is not there: the end was cut off, or it is another ledger`
    return [finding('head-not-found', 0, message)]
  }
  const message = `${points.length - place - 1} entries are newer than the head that was given`
  return [finding('beyond-head', 0, message)]
}
