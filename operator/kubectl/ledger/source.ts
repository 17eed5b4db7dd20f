import { parseKeys, writeLedgerFile } from '@platen/ledger'
import { type ApiOptions, withApi } from '../api/tenant-api.ts'
import type { World } from '../command.ts'
import { Failure } from '../failure.ts'
import { see } from '../seen.ts'
import { keptLines, newestOf } from './kept.ts'

/** An export, and how much of the ledger it is. */
export interface Exported {
  /** The bytes of a file as `npm run verify-ledger` takes it. */
  content: Buffer
  from: 'the API' | 'the ConfigMap residency-ledger'
  /** The entry that it begins with, where it is not the whole. */
  begins?: number
  /** Why it is not the whole. */
  why?: string
}

/** All of the ledger from the tenant's own API; where that cannot be asked, what the cluster keeps of it. @throws Failure */
export async function exportLedger(world: World, options: ApiOptions): Promise<Exported> {
  const whole = await see(() => withApi(world, options, api => api.download('/residency-ledger')))
  if (whole.value) return { content: whole.value, from: 'the API' }
  const { kubectl } = options.home
  const lines = kubectl.value
    ? await see(() => keptLines(kubectl.value, options.tenant.metadata.name))
    : { why: kubectl.why }
  if (lines.value === undefined) {
    throw new Failure(
      `cannot export the ledger of ${options.tenant.metadata.name}: the API: ${whole.why}; the ConfigMap residency-ledger: ${lines.why}`,
    )
  }
  return {
    content: Buffer.from(writeLedgerFile(lines.value, keysOf(options))),
    from: 'the ConfigMap residency-ledger',
    why: whole.why,
    ...beginning(lines.value),
  }
}

function keysOf({ home }: ApiOptions) {
  return parseKeys(JSON.stringify(home.region.value?.status?.ledgerKeys ?? []))
}

function beginning(lines: readonly string[]): { begins?: number } {
  const first = newestOf(lines.slice(0, 1))?.entry.sequence
  return first === undefined ? {} : { begins: first }
}
