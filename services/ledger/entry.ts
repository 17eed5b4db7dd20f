import type { Value } from './canonical.ts'

export const FORMAT = 'platen-residency-ledger'

/** `previous` of a ledger's first entry. */
export const NOTHING_BEFORE = '0'.repeat(64)

/**
 * `verified`: everything observed lies where it must. `violated`: something lies elsewhere, or could.
 * `unknown`: not all facts are there, and none speaks against it.
 */
export type Verdict = 'verified' | 'violated' | 'unknown'

/** One verification of one tenant, or several of the same result within a day. */
export type Entry = {
  version: 1
  tenant: string
  /** Of the Tenant resource: another one after it was deleted and made again. */
  tenantUid: string
  region: string
  /** Of the tenant, ISO 3166-1 alpha-2. */
  country: string
  /** 1, 2, 3, ... without a gap. */
  sequence: number
  /** RFC 3339, UTC, whole seconds. */
  at: string
  verdict: Verdict
  facts: Facts
  /** Why it is not `verified`, a sentence each. */
  reasons: string[]
  declares: Declaration[]
  /** SHA-256 in hex of the line before, without its line feed; `NOTHING_BEFORE` in the first entry. */
  previous: string
  /** Of the signing key; see `keyIdOf`. */
  keyId: string
}

/** What was seen. Places are values of the region's node label; nobody's name or address is among them. */
export type Facts = {
  /** Of the region: the countries that it serves, and the node label and its value that stand for it. */
  countries: string[]
  label: string
  place: string
  /** How many pods were seen in which place. */
  pods: Places
  /** How many bound volumes allow which place. */
  volumes: Places
  /** Where the object store said that the backups are; absent: the region makes none, or it did not answer. */
  backup?: string
  /** Host of the region's collector for metrics, traces and logs; absent: nothing is sent. */
  telemetry?: string
  /** Network policies in the tenant's namespace. */
  policies: { own: number; foreign: number }
}

/** By label value; `?`: nobody can tell. */
export type Places = { [place: string]: number }

/** What an honest signer says about its own chain, so that it is not taken for tampering. */
export type Declaration =
  /** No earlier entry could be found: the chain begins, or begins again, here. */
  | { kind: 'start' }
  /** These entries were signed, but could not be read back where they were kept. */
  | { kind: 'missing'; from: number; to: number }
  /** The key `from` is not used any more: it was rotated or lost. */
  | { kind: 'key'; from: string }
  /** The signer's clock was set back since the entry before, which says `from`. */
  | { kind: 'clock'; from: string }

const FIELDS: { [field in keyof Entry]: (value: Value | undefined) => boolean } = {
  version: value => value === 1,
  tenant: matches(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/),
  tenantUid: matches(/^[\w-]*$/),
  region: matches(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/),
  country: matches(/^[A-Z]{2}$/),
  sequence: value => typeof value === 'number' && value > 0,
  at: value => typeof value === 'string' && isTime(value),
  verdict: matches(/^(verified|violated|unknown)$/),
  facts: isObject,
  reasons: value => Array.isArray(value) && value.every(reason => typeof reason === 'string'),
  declares: value => Array.isArray(value) && value.every(isObject),
  previous: matches(/^[0-9a-f]{64}$/),
  keyId: matches(/^[0-9a-f]{32}$/),
}

/** The first field that is missing, unknown or not as it must be, or undefined: it is an entry. */
export function wrongField(value: Value | undefined): string | undefined {
  if (!isObject(value)) return 'entry'
  const unknown = Object.keys(value).find(name => !Object.hasOwn(FIELDS, name))
  return unknown ?? Object.entries(FIELDS).find(([name, isRight]) => !isRight(value[name]))?.[0]
}

function matches(pattern: RegExp) {
  return (value: Value | undefined) => typeof value === 'string' && pattern.test(value)
}

function isObject(value: Value | undefined): value is { [name: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTime(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)) return false
  const time = Date.parse(text)
  return !Number.isNaN(time) && timeOf(time) === text
}

/** RFC 3339 in UTC with whole seconds, e.g. `2026-11-23T04:18:31Z`. */
export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z')
}
