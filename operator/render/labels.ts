import { type Component, LABELS, MANAGED_BY } from '../names.ts'
import type { TenantInput } from './input.ts'

/** What an object belongs to: `app.kubernetes.io/name` and `/component`. */
export interface Part {
  name: string
  component: Component
}

export const PARTS = {
  ingest: { name: 'ingest', component: 'ingest' },
  api: { name: 'api', component: 'api' },
  database: { name: 'database', component: 'database' },
  prepare: { name: 'prepare', component: 'migration' },
  expire: { name: 'expire', component: 'retention' },
  backup: { name: 'backup', component: 'backup' },
  ledger: { name: 'ledger', component: 'ledger' },
} as const satisfies Record<string, Part>

/**
 * The labels of every object. None of them changes with the release, which would restart what did not change, and
 * none holds a display name: labels travel to wherever metrics and logs go.
 */
export function labelsOf(input: TenantInput, part?: Part): Record<string, string> {
  return {
    [LABELS.managedBy]: MANAGED_BY,
    ...inheritedLabels(input),
    ...(part && { [LABELS.name]: part.name, [LABELS.component]: part.component }),
  }
}

/** What objects inherit that another operator makes for us: by these the tenant's pods and volumes are found. */
export function inheritedLabels({ region, tenant }: TenantInput): Record<string, string> {
  return {
    [LABELS.partOf]: 'platen',
    [LABELS.region]: region.metadata.name,
    [LABELS.tenant]: tenant.metadata.name,
  }
}

/** Selects the pods of a part; a selector never changes. */
export function selectorOf({ tenant }: TenantInput, part: Part): Record<string, string> {
  return { [LABELS.name]: part.name, [LABELS.tenant]: tenant.metadata.name }
}
