import type { Cluster } from '../../cluster/cluster.ts'
import type { KubernetesObject } from '../../cluster/object.ts'
import type { WorkResult } from '../../queue/work-queue.ts'
import type { Region } from '../../resources/region.ts'
import type { Tenant, TenantStatus } from '../../resources/tenant.ts'
import type { Target } from '../apply.ts'
import { attempt, type Draft } from '../attempt.ts'
import type { RegionRuntime } from '../region/runtime.ts'
import type { Reporter } from '../report.ts'
import type { Resources } from '../resources.ts'
import { type Moving, movingOf } from '../rollout.ts'
import { writeStatus } from '../status.ts'
import { tenantsOf } from './belonging.ts'
import { deriveTenantReady, TENANT_CONDITIONS } from './ready.ts'
import { reconcileTenant } from './reconcile.ts'
import type { TenantScope } from './scope.ts'
import { seenIn } from './seen.ts'

/** What all reconciles share. */
export interface Surroundings {
  /** Unix time in milliseconds: this operator works since then. */
  since: number
  management: Cluster
  tenants: Resources<Tenant>
  regions: Resources<Region>
  runtimeOf(region: string): RegionRuntime | undefined
  /** Tenants that have been given their turn and whose status does not tell it yet. */
  claims: Set<string>
  /** The clusters of all regions that answer, by region. */
  targets(): Iterable<[string, Target]>
}

export interface Turn {
  now: Date
  failures: number
  signal: AbortSignal
  report: Reporter
}

/** One reconcile of a Tenant as the queue asks for it. */
export async function workOnTenant(
  all: Surroundings,
  name: string,
  turn: Turn,
): Promise<WorkResult> {
  const tenant = all.tenants.get(name)
  if (!tenant) return { kind: 'done' }
  try {
    return await attemptOn(all, tenant, turn)
  } finally {
    all.claims.delete(name)
  }
}

async function attemptOn(all: Surroundings, tenant: Tenant, turn: Turn): Promise<WorkResult> {
  const { name } = tenant.metadata
  return await attempt<TenantStatus>({
    object: tenant,
    ...turn,
    types: TENANT_CONDITIONS,
    run: draft => reconcileTenant(scopeOf(all, { name, turn, draft })),
    deriveReady: deriveTenantReady,
    async write(status, signal) {
      const object = all.tenants.get(name) ?? tenant
      const stored = await writeStatus(all.management, object, { status, signal })
      if (stored) all.tenants.wrote(stored)
    },
  })
}

interface Asked {
  name: string
  turn: Turn
  draft: Draft<TenantStatus>
}

function scopeOf(all: Surroundings, { name, turn, draft }: Asked): TenantScope {
  const tenant = all.tenants.get(name)
  if (!tenant) throw new Error(`cannot reconcile Tenant ${name}: it is gone`)
  // One object for both: what a phase changes in its scope, the attempt writes down.
  return Object.assign(draft, {
    tenant,
    since: all.since,
    regions: all.regions.values(),
    management: all.management,
    runtimeOf: all.runtimeOf,
    seenElsewhere: (region: Region | undefined) =>
      seenIn(all.targets(), { tenant: name, besides: region?.metadata.name }),
    moving: (region: string) => movingIn(all, region),
    claim: () => void all.claims.add(name),
    now: turn.now,
    signal: turn.signal,
    report: turn.report,
    wrote: (stored: KubernetesObject) => all.tenants.wrote(stored),
  })
}

function movingIn({ tenants, regions, claims }: Surroundings, name: string): Moving[] {
  const region = regions.get(name)
  if (!region) return []
  return tenantsOf(name, tenants.values()).map(tenant => {
    const moving = movingOf(tenant, region)
    return claims.has(moving.tenant) ? { ...moving, state: 'moving' } : moving
  })
}
