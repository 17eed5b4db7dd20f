import type { Sql, Transaction } from './connect.ts'
import { type Keyed, type KeysetOrder, type KeysetPage, keyset } from './queries/keyset.ts'

/** An entry of the residency ledger: its line to the byte, and what the line says. */
export interface LedgerEntry {
  sequence: number
  /** RFC 3339. */
  at: string
  verdict: 'verified' | 'violated' | 'unknown'
  previous: string
  hash: string
  keyId: string
  line: string
}

export interface LedgerKey {
  id: string
  /** PEM. */
  publicKey: string
}

/** What is stored of a ledger already. */
export interface StoredLedger {
  /** Of the hashes that were asked for. */
  hashes: ReadonlySet<string>
  /** The newest entry's line; undefined: there is none. */
  last: string | undefined
  keys: LedgerKey[]
}

/** What has to be written down; both may be empty. */
export interface LedgerAddition {
  entries: LedgerEntry[]
  /** Those that are not stored yet. */
  keys: LedgerKey[]
}

/**
 * Writes down what `choose` makes of the stored ledger, at its end. Any number of processes may do it at once: between
 * looking and writing nobody else writes.
 *
 * @param hashes of the entries at hand
 */
export async function recordLedger(
  sql: Sql,
  hashes: readonly string[],
  choose: (stored: StoredLedger) => LedgerAddition,
): Promise<void> {
  await sql.begin(async tx => {
    await tx`select pg_advisory_xact_lock(hashtext('platen residency ledger'))`
    const { entries, keys } = choose(await readStored(tx, hashes))
    if (keys.length > 0) await insertKeys(tx, keys)
    if (entries.length > 0) await insertEntries(tx, entries)
  })
}

/**
 * Takes the ledger of another tenant out of the database: one that was restored of another one's backup has it, and this
 * tenant's own cannot stand behind it. Of the same name it stays, whichever Tenant that was.
 */
export async function dropForeignLedger(tx: Transaction, tenant: string): Promise<void> {
  const [first] = await tx<{ tenant: string }[]>`
    select line::json #>> '{entry,tenant}' as tenant from residency_ledger order by position limit 1`
  if (first === undefined || first.tenant === tenant) return
  for (const table of ['residency_ledger', 'residency_ledger_key']) {
    await tx`alter table ${tx(table)} disable trigger append_only`
    await tx`truncate ${tx(table)}`
    await tx`alter table ${tx(table)} enable trigger append_only`
  }
}

async function readStored(tx: Transaction, hashes: readonly string[]): Promise<StoredLedger> {
  const known = await tx<{ hash: string }[]>`
    select hash from residency_ledger where hash = any(${[...hashes]}::text[])`
  const [last] = await tx<{ line: string }[]>`
    select line from residency_ledger order by position desc limit 1`
  const keys = await ledgerKeys(tx)
  return { hashes: new Set(known.map(({ hash }) => hash)), last: last?.line, keys }
}

async function insertKeys(tx: Transaction, keys: LedgerKey[]): Promise<void> {
  await tx`
    insert into residency_ledger_key (id, public_key) select * from unnest(
      ${keys.map(({ id }) => id)}::text[], ${keys.map(key => key.publicKey)}::text[])`
}

async function insertEntries(tx: Transaction, entries: LedgerEntry[]): Promise<void> {
  await tx`
    insert into residency_ledger (position, sequence, at, verdict, previous, hash, key_id, line)
    select (select coalesce(max(position), 0) from residency_ledger) + place,
      sequence, at, verdict, previous, hash, key_id, line
    from unnest(
      ${entries.map(entry => entry.sequence)}::bigint[],
      ${entries.map(entry => entry.at)}::timestamptz[],
      ${entries.map(entry => entry.verdict)}::text[],
      ${entries.map(entry => entry.previous)}::text[],
      ${entries.map(entry => entry.hash)}::text[],
      ${entries.map(entry => entry.keyId)}::text[],
      ${entries.map(entry => entry.line)}::text[]
    ) with ordinality as entry(sequence, at, verdict, previous, hash, key_id, line, place)`
}

/** Every key that ever signed. */
export async function ledgerKeys(sql: Sql | Transaction): Promise<LedgerKey[]> {
  return sql<LedgerKey[]>`
    select id, public_key as "publicKey" from residency_ledger_key order by received_at, id`
}

/** The position of the newest entry; 0: there is none. */
export async function ledgerEnd(sql: Sql): Promise<number> {
  const [row] = await sql<{ end: number }[]>`
    select coalesce(max(position), 0) as end from residency_ledger`
  return row?.end ?? 0
}

const LINES = 500

/** The lines of the positions 1 to `end`, in order, as many at a time as are read at once. */
export async function* ledgerLines(sql: Sql, end: number): AsyncGenerator<string[]> {
  for (let from = 1; from <= end; from += LINES) {
    const rows = await sql<{ line: string }[]>`
      select line from residency_ledger
      where position between ${from} and ${Math.min(from + LINES - 1, end)} order by position`
    yield rows.map(({ line }) => line)
  }
}

/** An entry as it is listed. */
export interface LedgerRow extends Omit<LedgerEntry, 'at' | 'previous'> {
  at: Date
  receivedAt: Date
}

/** By arrival, the newest first. */
export const LEDGER_ORDER: KeysetOrder = {
  columns: [{ by: 'l.position', type: 'int8' }],
  descending: true,
}

/** One page of the ledger, the newest first. */
export async function listLedger(sql: Sql, page: KeysetPage): Promise<(LedgerRow & Keyed)[]> {
  const paged = keyset(sql, LEDGER_ORDER, page)
  return sql<(LedgerRow & Keyed)[]>`
    select l.sequence, l.at, l.verdict, l.hash, l.key_id as "keyId", l.line,
      l.received_at as "receivedAt", ${paged.key}
    from residency_ledger l
    where ${paged.within}
    order by ${paged.order}
    limit ${paged.limit}`
}
