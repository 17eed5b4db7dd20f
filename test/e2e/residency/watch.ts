import { setTimeout as sleep } from 'node:timers/promises'
import { MANAGEMENT } from '../../cluster/clusters.ts'
import type { TenantPlan } from '../../cluster/platform/places.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import type { Platform } from '../platform.ts'
import { conditionIn } from '../support/conditions.ts'

/** One moment of a tenant. */
export interface Moment {
  /** ms since 1970. */
  at: number
  /** The condition ResidencyVerified, `STATUS REASON MESSAGE`; or how many pods of ingest are wanted. */
  said: string
}

/** What the API server tells of a tenant, also what lasts for a moment only. */
export interface Watch extends Disposable {
  verdicts: Moment[]
  replicas: Moment[]
}

export function watchTenant(platform: Platform, { name, region }: TenantPlan): Watch {
  const stopped = new AbortController()
  const named = (resource: string) => `?fieldSelector=metadata.name%3D${resource}`
  const { rest: management } = platform.cluster(MANAGEMENT)
  const { rest: regional } = platform.cluster(region.cluster)

  function follow(rest: typeof management, path: string, said: (object: KubeObject) => string) {
    const moments: Moment[] = []
    const each = ({ type, object }: { type: string; object: KubeObject }) => {
      if (type === 'ADDED' || type === 'MODIFIED') {
        moments.push({ at: Date.now(), said: said(object) })
      }
    }
    void again(() => rest.watch(path, each, stopped.signal), stopped.signal)
    return moments
  }

  return {
    verdicts: follow(management, `/apis/platen.dev/v1alpha1/tenants${named(name)}`, tenant =>
      conditionIn(tenant, 'ResidencyVerified'),
    ),
    replicas: follow(
      regional,
      `/apis/apps/v1/namespaces/tenant-${name}/deployments${named('ingest')}`,
      ({ spec }) => `${spec.replicas}`,
    ),
    [Symbol.dispose]: () => stopped.abort(),
  }
}

/** A server ends a watch after some minutes. */
async function again(watch: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await watch().catch(() => undefined)
    await sleep(PAUSE_MS)
  }
}

const PAUSE_MS = 100

/** The first that is later than `since` and says so. */
export function firstAfter(moments: Moment[], since: number, says: RegExp): Moment | undefined {
  return moments.find(({ at, said }) => at >= since && says.test(said))
}
