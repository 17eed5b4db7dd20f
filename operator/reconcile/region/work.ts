import type { KubernetesObject } from '../../cluster/object.ts'
import type { WorkResult } from '../../queue/work-queue.ts'
import type { Region, RegionStatus } from '../../resources/region.ts'
import { attempt } from '../attempt.ts'
import { writeStatus } from '../status.ts'
import { tenantsOf } from '../tenant/belonging.ts'
import type { Surroundings, Turn } from '../tenant/work.ts'
import { deriveRegionReady, REGION_CONDITIONS, reconcileRegion } from './reconcile.ts'
import type { Connected } from './scope.ts'

export interface RegionSurroundings extends Surroundings {
  connect(region: Region, signal: AbortSignal): Promise<Connected>
  disconnect(region: string): Promise<void>
}

/** One reconcile of a Region as the queue asks for it. */
export async function workOnRegion(
  all: RegionSurroundings,
  name: string,
  turn: Turn,
): Promise<WorkResult> {
  const region = all.regions.get(name)
  if (!region) return { kind: 'done' }
  return await attempt<RegionStatus>({
    object: region,
    ...turn,
    types: REGION_CONDITIONS,
    run: draft =>
      reconcileRegion(
        Object.assign(draft, {
          region,
          regions: all.regions.values(),
          tenants: tenantsOf(name, all.tenants.values()),
          management: all.management,
          connect: () => all.connect(region, turn.signal),
          disconnect: () => all.disconnect(name),
          wrote: (stored: KubernetesObject) => all.regions.wrote(stored),
          now: turn.now,
          signal: turn.signal,
          report: turn.report,
        }),
      ),
    deriveReady: deriveRegionReady,
    async write(status, signal) {
      const object = all.regions.get(name) ?? region
      const stored = await writeStatus(all.management, object, { status, signal })
      if (stored) all.regions.wrote(stored)
    },
  })
}
