import { setTimeout as pause } from 'node:timers/promises'
import { replaceApiToken } from './api-token.ts'
import { connect } from './connect.ts'
import { isOutage } from './errors.ts'
import { migrate } from './migrate.ts'
import { grantPrivileges } from './privileges.ts'
import { dropForeignLedger } from './residency-ledger.ts'
import { ensureRoles, type Passwords } from './roles.ts'
import { ensureSites, type ListedSite } from './site-list.ts'

export interface PrepareOptions {
  passwords: Passwords
  /** Absent: sites stay as they are. */
  sites?: readonly ListedSite[]
  /** The name of the Tenant: a residency ledger of another one goes. Absent: it stays whosever it is. */
  tenant?: string
  /** The platform team's token for the API: the only one from then on. Absent: there stays what is there. */
  platformToken?: string
  /** Milliseconds for which a database that is away is waited for; 60,000 by default. */
  patience?: number
}

const PATIENCE_MS = 60_000
const PAUSE_MS = 1_000

/** The name of the platform team's token. */
const PLATFORM = 'platform'

/**
 * Makes a tenant's database ready for this version's processes: schema, roles with their passwords and privileges, sites,
 * the platform team's token. Run again it changes nothing; any number of processes may run it at
 * once. `url` is the owner's, who may create roles.
 *
 * @returns the schema's version
 */
export async function prepare(url: string, options: PrepareOptions): Promise<number> {
  const deadline = performance.now() + (options.patience ?? PATIENCE_MS)
  for (;;) {
    try {
      return await prepareOnce(url, options)
    } catch (error) {
      if (!isOutage(error) || performance.now() > deadline) throw error
    }
    await pause(PAUSE_MS)
  }
}

async function prepareOnce(url: string, options: PrepareOptions): Promise<number> {
  const { passwords, sites, tenant, platformToken } = options
  const version = await migrate(url)
  const sql = connect(url, { name: 'platen prepare', max: 1 })
  try {
    await sql.begin(async tx => {
      await tx`select pg_advisory_xact_lock(hashtext('platen prepare'))`
      await ensureRoles(tx, passwords)
      await grantPrivileges(tx)
      if (sites) await ensureSites(tx, sites)
      if (tenant) await dropForeignLedger(tx, tenant)
      if (platformToken) await replaceApiToken(tx, PLATFORM, platformToken)
    })
    return version
  } finally {
    await sql.end()
  }
}
