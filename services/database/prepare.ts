import { connect } from './connect.ts'
import { migrate } from './migrate.ts'
import { grantPrivileges } from './privileges.ts'
import { ensureRoles, type Passwords } from './roles.ts'
import { ensureSites, type ListedSite } from './site-list.ts'

export interface PrepareOptions {
  passwords: Passwords
  /** Absent: sites stay as they are. */
  sites?: readonly ListedSite[]
}

/**
 * Makes a tenant's database ready for this version's processes: schema, roles with their passwords and privileges, sites.
 * Run again it changes nothing; any number of processes may run it at once. `url` is the owner's, who may create roles.
 *
 * @returns the schema's version
 */
export async function prepare(url: string, { passwords, sites }: PrepareOptions): Promise<number> {
  const version = await migrate(url)
  const sql = connect(url, { name: 'platen prepare', max: 1 })
  try {
    await sql.begin(async tx => {
      await tx`select pg_advisory_xact_lock(hashtext('platen prepare'))`
      await ensureRoles(tx, passwords)
      await grantPrivileges(tx)
      if (sites) await ensureSites(tx, sites)
    })
    return version
  } finally {
    await sql.end()
  }
}
