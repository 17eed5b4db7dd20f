import {
  type Keys,
  parseKeys,
  readLedgerFile,
  reportOf,
  type VerifyOptions,
  verifyLedger,
} from '@platen/ledger'
import type { Region } from '../../resources/region.ts'
import type { Tenant } from '../../resources/tenant.ts'
import { Failure, messageOf, STATUS } from '../failure.ts'
import type { Exported } from './source.ts'

export interface Verdict {
  /** For people. */
  report: string
  status: number
}

export interface Published {
  tenant: Tenant
  /** Undefined where the Region is not readable. */
  region: Region | undefined
}

const UNPROVEN =
  'ATTENTION: the Region publishes no key, so the keys are those of the file itself: this proves only that the file agrees with itself'

/** Against what Region and Tenant publish; all of it happens on this machine. @throws Failure where nothing can be checked. */
export function verifyExport(exported: Exported, { tenant, region }: Published): Verdict {
  try {
    const file = readLedgerFile(exported.content)
    const own = publishedKeys(region)
    const keys = own ?? file.keys
    if (keys.size === 0) throw new Error('neither the Region nor the file has a key')
    const options = optionsFor(exported, tenant)
    const { firstLine } = file
    const result = verifyLedger(file.lines, keys, { ...options, firstLine })
    const isWrong = result.findings.some(({ severity }) => severity === 'error')
    const report = reportOf(result, options)
    return {
      report: own ? report : `${report}\n${UNPROVEN}`,
      status: statusOf(isWrong, own),
    }
  } catch (cause) {
    throw new Failure(`cannot verify the ledger of ${tenant.metadata.name}: ${messageOf(cause)}`, {
      cause,
    })
  }
}

/** As `npm run verify-ledger` has them. */
function statusOf(isWrong: boolean, own: Keys | undefined): number {
  if (isWrong) return STATUS.wrong
  return own ? STATUS.done : STATUS.open
}

function publishedKeys(region: Region | undefined): Keys | undefined {
  const published = region?.status?.ledgerKeys ?? []
  return published.length === 0 ? undefined : parseKeys(JSON.stringify(published))
}

function optionsFor({ begins }: Exported, { metadata, status }: Tenant): VerifyOptions {
  const head = status?.residency?.head
  return {
    tenant: metadata.name,
    ...(head !== undefined && { head }),
    ...(begins !== undefined && { from: begins }),
  }
}
