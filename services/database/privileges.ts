import type { Transaction } from './connect.ts'

/** What each process may do in the tenant's database: what its code needs, and nothing else. */
export const PRIVILEGES = {
  platen_api: {
    tables: {
      select:
        'api_token, device, incident, meter, meter_reading, monitor, residency_ledger, residency_ledger_key, schema_compatibility, schema_version, site, supply, supply_reading, tray',
      insert: 'residency_ledger, residency_ledger_key',
      'select (site_id, hash, expires_at, used_at), insert (site_id, hash, created_by, expires_at), update (expires_at)':
        'enrolment_code',
    },
    functions: ['enrol'],
  },
  platen_ingest: {
    tables: {
      select: 'expiry, schema_compatibility, schema_version',
      'select, update': 'monitor',
      'select, insert, update': 'received_report',
      'select, insert, delete': 'rejected_report',
      'select, insert, update, delete':
        'asset_reading, device, device_alias, device_identity, incident, incident_reading, meter, meter_reading, supply, supply_reading, tray',
    },
    functions: ['make_partition'],
  },
  /** Prosody keeps its accounts there, and looks at nothing else. */
  platen_xmpp: {
    tables: { 'select, insert, update, delete': 'prosody' },
    functions: [],
  },
} as const

export type Role = keyof typeof PRIVILEGES

export const ROLES = Object.keys(PRIVILEGES) as Role[]

/** Gives the roles, which must exist, these privileges and takes away all others on the tenant's tables. */
export async function grantPrivileges(tx: Pick<Transaction, 'unsafe'>): Promise<void> {
  await tx.unsafe(ROLES.flatMap(statementsFor).join(';\n'))
}

function statementsFor(role: Role): string[] {
  const { tables, functions } = PRIVILEGES[role]
  return [
    `revoke all on all tables in schema public from ${role}`,
    `revoke all on all functions in schema public from ${role}`,
    ...Object.entries(tables).map(([may, names]) => `grant ${may} on ${names} to ${role}`),
    ...functions.map(name => `grant execute on function ${name} to ${role}`),
  ]
}
