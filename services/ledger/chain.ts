import { type Declaration, type Entry, NOTHING_BEFORE } from './entry.ts'
import { type Finding, type FindingKind, finding } from './findings.ts'
import type { Line } from './line.ts'

/** The operator makes an entry at least once a day; two hours are for its own bad days. */
const SILENCE_MS = 26 * 60 * 60 * 1000

/** Follows a ledger, entry by entry; signatures were looked at before. */
export class Chain {
  #tenant: string | undefined
  #region: string | undefined
  /** The entry that has to be there first. */
  readonly #from: number
  /** Whose entries were found besides, as they are told of. */
  readonly #foreign = new Set<string>()
  /** The entry that the next one has to continue. */
  #last: Line | undefined
  /** Hashes by sequence since the chain began. */
  readonly #seen = new Map<number, string>()

  constructor({ tenant, region, from = 1 }: { tenant?: string; region?: string; from?: number }) {
    this.#tenant = tenant
    this.#region = region
    this.#from = from
  }

  add(line: Line, number: number): Finding[] {
    const { entry } = line
    if (this.#isForeign(entry)) return this.#tellForeign(entry, number)
    const seen = this.#seen.get(entry.sequence)
    if (seen === line.hash) {
      return [finding('repeated', number, `entry ${entry.sequence} is there twice`)]
    }
    const placed = this.#place(line, seen)
    const findings = [...placed, ...this.#changes(entry)]
    if (!placed.some(([kind]) => kind === 'reordered')) this.#last = line
    this.#seen.set(entry.sequence, line.hash)
    return findings.map(([kind, message]) => finding(kind, number, message))
  }

  #isForeign({ tenant, region }: Entry): boolean {
    this.#tenant ??= tenant
    if (tenant !== this.#tenant) return true
    this.#region ??= region
    return region !== this.#region
  }

  /** Once for each other ledger: a whole file of another tenant is one mistake. */
  #tellForeign({ sequence, tenant, region }: Entry, number: number): Finding[] {
    const whose = `tenant ${tenant} in region ${region}`
    if (this.#foreign.has(whose)) return []
    this.#foreign.add(whose)
    const ours = this.#region === undefined ? this.#tenant : `${this.#tenant} in ${this.#region}`
    const message = `entry ${sequence} is of ${whose}, not of ${ours}; none of theirs is compared`
    return [finding('foreign', number, message)]
  }

  /** Where the entry stands in the chain. */
  #place(line: Line, seen: string | undefined): [FindingKind, string][] {
    const { entry } = line
    const last = this.#last?.entry
    if (entry.sequence === 1 && entry.previous === NOTHING_BEFORE) return this.#start(entry)
    if (seen !== undefined) {
      return [['forked', `there are two different entries ${entry.sequence}, both signed`]]
    }
    if (!last) return this.#begin(entry)
    if (entry.sequence < last.sequence) {
      return [['reordered', `entry ${entry.sequence} stands after entry ${last.sequence}`]]
    }
    if (entry.sequence > last.sequence + 1) return [gap(last.sequence + 1, entry)]
    if (entry.previous === this.#last?.hash) return []
    const message = `entry ${entry.sequence} does not continue the entry ${last.sequence} that stands before it: one of them was put there, or changed and signed anew`
    return [['broken-chain', message]]
  }

  /** An entry that is the first of the file and does not start a ledger. */
  #begin(entry: Entry): [FindingKind, string][] {
    const { sequence } = entry
    if (sequence === 1) return [['broken-chain', 'entry 1 continues one that was before it']]
    if (sequence <= this.#from) {
      return [['part', `this is a part of a ledger: entries before ${sequence} were not looked at`]]
    }
    const [kind, message] = gap(this.#from, entry)
    if (kind === 'declared-missing') return [[kind, message]]
    return [['begins-later', `the ledger begins with entry ${sequence}: ${message}`]]
  }

  #start(entry: Entry): [FindingKind, string][] {
    const last = this.#last?.entry
    this.#seen.clear()
    if (!last) return []
    const message = `the ledger begins again at ${entry.at}, after entry ${last.sequence} of ${last.at}: nothing ties the two parts together`
    return [['started-again', message]]
  }

  /** What changed since the entry before. */
  #changes(entry: Entry): [FindingKind, string][] {
    const last = this.#last?.entry
    if (!last) return []
    const findings: [FindingKind, string][] = []
    if (entry.keyId !== last.keyId) findings.push(keyChanged(last, entry))
    const elapsed = Date.parse(entry.at) - Date.parse(last.at)
    if (elapsed < 0) findings.push(setBack(last, entry))
    if (elapsed > SILENCE_MS) {
      const hours = Math.floor(elapsed / 3_600_000)
      const message = `nothing was verified for ${hours} hours, from ${last.at} to ${entry.at}`
      findings.push(['silence', message])
    }
    return findings
  }
}

/** @param from the first entry that is not there */
function gap(from: number, entry: Entry): [FindingKind, string] {
  const to = entry.sequence - 1
  const which = from === to ? `entry ${from} is` : `entries ${from} to ${to} are`
  const declared = declaration(entry, 'missing')
  if (declared && declared.from <= from && declared.to >= to) {
    return ['declared-missing', `${which} missing; entry ${entry.sequence} declares it`]
  }
  return ['missing', `${which} missing: removed, or never written down`]
}

function keyChanged(last: Entry, entry: Entry): [FindingKind, string] {
  const declared = declaration(entry, 'key')?.from === last.keyId ? 'declared' : 'not declared'
  const message = `from entry ${entry.sequence} on the key ${entry.keyId} signs instead of ${last.keyId} (${declared})`
  return ['key-changed', message]
}

function setBack(last: Entry, entry: Entry): [FindingKind, string] {
  if (declaration(entry, 'clock')?.from === last.at) {
    return ['clock-set-back', `entry ${entry.sequence} declares that its clock was set back`]
  }
  const message = `entry ${entry.sequence} of ${entry.at} is older than the one before, of ${last.at}`
  return ['time-backwards', message]
}

function declaration<K extends Declaration['kind']>({ declares }: Entry, kind: K) {
  return declares.find((item): item is Extract<Declaration, { kind: K }> => item.kind === kind)
}
