import { verify as verifySignature } from 'node:crypto'
import { Chain } from './chain.ts'
import type { Entry, Verdict } from './entry.ts'
import { type Finding, finding } from './findings.ts'
import type { Keys } from './keys.ts'
import { type Line, parseLine } from './line.ts'

export interface VerifyOptions {
  /** Whose ledger it must be; otherwise that of the first entry. */
  tenant?: string
  region?: string
  /** The lines are a part that begins with this entry, or earlier; otherwise the first one has to be entry 1. */
  from?: number
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
  /** Whose they say they are; several when a Tenant was made again, or where some are foreign. */
  subjects: Subject[]
  /** In the order of the lines; none with severity `error`: nothing speaks against the ledger. */
  findings: Finding[]
}

export type Subject = Pick<Entry, 'tenant' | 'tenantUid' | 'region' | 'country'>

export interface Point {
  sequence: number
  at: string
  hash: string
}

/**
 * Looks for everything that can be seen in the lines of a ledger: changed, removed, inserted, reordered, repeated or
 * forked entries, a front that was cut off, signatures of others, entries of other tenants or regions, times that run
 * backwards. What was cut off at the end shows only with `head`, another tenant's ledger only with `tenant`. Never
 * throws, whatever the lines are.
 */
export function verifyLedger(
  lines: readonly string[],
  keys: Keys,
  options: VerifyOptions = {},
): Verification {
  const chain = new Chain(options)
  const signed: Line[] = []
  const findings: Finding[] = []
  for (const [index, text] of lines.entries()) {
    const number = index + (options.firstLine ?? 1)
    const line = readLine(text, number, keys)
    if ('kind' in line) {
      findings.push(line)
      continue
    }
    findings.push(...chain.add(line, number))
    signed.push(line)
  }
  findings.push(...wholeFindings(signed, options.head))
  return { ...summaryOf(signed), findings }
}

function summaryOf(lines: readonly Line[]): Omit<Verification, 'findings'> {
  const verdicts: Record<Verdict, number> = { verified: 0, violated: 0, unknown: 0 }
  const subjects = new Map<string, Subject>()
  for (const { entry } of lines) {
    const { tenant, tenantUid, region, country } = entry
    verdicts[entry.verdict] += 1
    const subject = { tenant, tenantUid, region, country }
    subjects.set(JSON.stringify(subject), subject)
  }
  const [from, to] = [lines[0], lines.at(-1)]
  return {
    entries: lines.length,
    ...(from && { from: pointOf(from) }),
    ...(to && { to: pointOf(to) }),
    verdicts,
    subjects: [...subjects.values()],
  }
}

function pointOf({ entry: { sequence, at }, hash }: Line): Point {
  return { sequence, at, hash }
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

function wholeFindings(lines: readonly Line[], head: string | undefined): Finding[] {
  if (lines.length === 0) return [finding('empty', 0, 'there is no entry that one can rely on')]
  if (head === undefined || lines.at(-1)?.hash === head) return []
  const place = lines.findIndex(({ hash }) => hash === head)
  if (place < 0) {
    const message = `the entry with the hash ${head} is not there: the end was cut off, or it is another ledger`
    return [finding('head-not-found', 0, message)]
  }
  const message = `${lines.length - place - 1} entries are newer than the head that was given`
  return [finding('beyond-head', 0, message)]
}
