import { Conditions } from './conditions.ts'
import { REGION_CONDITIONS } from './region/reconcile.ts'
import type { RegionSurroundings } from './region/work.ts'
import { writeStatus } from './status.ts'
import { TENANT_CONDITIONS } from './tenant/ready.ts'
import type { Turn } from './tenant/work.ts'

const MESSAGE =
  'left alone for five minutes: it, or something of it, was changed more than 100 times; find out who else changes it'

/** Makes it visible that an object is left alone. */
export async function holdBack(
  all: RegionSurroundings,
  { kind, name }: { kind: 'tenant' | 'region'; name: string },
  { now, report, signal }: Turn,
): Promise<void> {
  const resources = kind === 'tenant' ? all.tenants : all.regions
  const object = resources.get(name)
  if (!object) return
  report.warning('ReconcileStorm', MESSAGE)
  const { conditions: stored = [] } = object.status ?? {}
  const conditions = new Conditions(stored, object.metadata.generation ?? 0, now)
  conditions.set('Ready', 'False', { reason: 'ReconcileStorm', message: MESSAGE })
  const types: readonly string[] = kind === 'tenant' ? TENANT_CONDITIONS : REGION_CONDITIONS
  const status = { ...object.status, conditions: conditions.list(types) }
  const written = await writeStatus<object>(all.management, object, { status, signal })
  if (written) resources.wrote(written)
}
