import type { TenantPlan } from '../../cluster/platform/places.ts'
import type { Platform } from '../platform.ts'
import { countOf } from './database.ts'

/** What monitors fill. */
export const TABLES = ['device', 'received_report', 'meter_reading', 'supply_reading', 'monitor']

/** How many rows each of them has. */
export async function countsOf(
  platform: Platform,
  tenant: TenantPlan,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of TABLES) counts[table] = await countOf(platform, tenant, table)
  return counts
}

/** For a note. */
export function beforeAndAfter(
  before: Record<string, number>,
  after: Record<string, number>,
): string {
  return TABLES.map(table => `${table} ${before[table]} and ${after[table]}`).join(', ')
}
