import { type Line, parseLine } from '@platen/ledger'
import { tenantNamespace } from '../../names.ts'
import type { Kubectl } from '../kubectl.ts'
import type { ConfigMap } from '../objects.ts'

/** The newest entries, as they wait in the cluster for the tenant's API; oldest first. @throws Refusal */
export async function keptLines(kubectl: Kubectl, tenant: string): Promise<string[]> {
  const map = await kubectl.get<ConfigMap>('configmap', 'residency-ledger', tenantNamespace(tenant))
  return (map.data?.['entries.jsonl'] ?? '').split('\n').filter(line => line !== '')
}

/** The newest that can be read; nothing is verified. */
export function newestOf(lines: readonly string[]): Line | undefined {
  const parsed = lines.map(parseLine).filter(line => typeof line !== 'string')
  return parsed.at(-1)
}
