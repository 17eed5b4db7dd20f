import { createPublicKey } from 'node:crypto'
import { ledgerEnd, ledgerKeys, ledgerLines, type Sql } from '@platen/database'
import { writeLedgerFile } from '@platen/ledger'

/** The whole ledger in the form that `npm run verify-ledger` takes, in pieces of whole lines. */
export async function* exportLedger(sql: Sql): AsyncGenerator<string> {
  const end = await ledgerEnd(sql)
  // Read after the end: an entry's key is never written later than the entry.
  const keys = await ledgerKeys(sql)
  yield writeLedgerFile([], new Map(keys.map(key => [key.id, createPublicKey(key.publicKey)])))
  for await (const lines of ledgerLines(sql, end)) {
    yield lines.map(line => `${line}\n`).join('')
  }
}
