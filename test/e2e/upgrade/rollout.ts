import { MANAGEMENT } from '../../cluster/clusters.ts'
import type { RegionPlan } from '../../cluster/platform/places.ts'
import { until } from '../../cluster/wait.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import type { Platform } from '../platform.ts'
import { regionPath } from '../support/conditions.ts'
import type { Said } from './history.ts'

const TENANTS = '/apis/platen.dev/v1alpha1/tenants'
/** Migrations, a database, an ingest and an API, one tenant after the other, on a machine of two cores. */
const PATIENCE_MS = 1_200_000

/** The rollouts of one region, as its platform team has and sees them. */
export interface Rollout {
  region(): Promise<KubeObject>
  tenants(): Promise<KubeObject[]>
  /** Merges into the Region's spec. */
  set(spec: object): Promise<void>
  /** Waits until every tenant runs the version, and nothing is on its way or stopped. */
  untilAllRun(version: string): Promise<void>
  /**
   * Waits until one tenant has begun to change after `set`. The others are paused until then, so that it is the first;
   * from then on they have to wait for their turn.
   */
  setWithFirst(tenant: string, spec: object): Promise<void>
  /** What the tenants say from now on. */
  follow(): Following
}

export interface Following extends AsyncDisposable {
  history: Said[]
}

export function rolloutOf(platform: Platform, { name }: RegionPlan): Rollout {
  const { rest, kubectl } = platform.cluster(MANAGEMENT)
  const path = regionPath(name)

  async function tenants(): Promise<KubeObject[]> {
    const { items } = await rest.call('GET', TENANTS)
    return items.filter(({ status }: KubeObject) => status?.region === name)
  }

  async function set(spec: object): Promise<void> {
    await rest.call('PATCH', path, { body: { spec }, patch: 'merge' })
  }

  async function whyNotAll(version: string): Promise<string | undefined> {
    const region = await rest.call('GET', path)
    const ready = conditionOf(region, 'Ready')
    if (ready?.status !== 'True') return `Region ${name}: ${ready?.message}`
    const paused = conditionOf(region, 'RolloutPaused')
    if (paused?.status !== 'False') return `Region ${name}: ${paused?.message}`
    return (await tenants()).map(tenant => whyNotAt(version, tenant)).find(why => why)
  }

  async function pause(names: string[], isPaused: boolean): Promise<void> {
    const annotation = isPaused ? 'platen.dev/paused=true' : 'platen.dev/paused-'
    await kubectl(['annotate', '--overwrite', 'tenant', ...names, annotation])
  }

  return {
    region: () => rest.call('GET', path),
    tenants,
    set,
    untilAllRun: version =>
      until(`all tenants of ${name} run ${version}`, () => whyNotAll(version), PATIENCE_MS),
    async setWithFirst(first, spec) {
      const names = (await tenants()).map(({ metadata }) => metadata.name)
      const others = names.filter(one => one !== first)
      await pause(others, true)
      try {
        await set(spec)
        await until(`${first} begins to change`, async () => {
          const reason = reasonOf(await rest.call('GET', `${TENANTS}/${first}`))
          return reason === 'RollingOut' ? undefined : reason
        })
      } finally {
        await pause(others, false)
      }
    },
    follow() {
      const stop = new AbortController()
      const history: Said[] = []
      const done = rest
        .watch(
          TENANTS,
          ({ object }) => {
            if (object.status?.region !== name) return
            history.push({ tenant: object.metadata.name, reason: reasonOf(object) })
          },
          stop.signal,
        )
        .catch(() => {}) // stopped, or broken: then it lacks somebody who began
      return {
        history,
        async [Symbol.asyncDispose]() {
          stop.abort()
          await done
        },
      }
    },
  }
}

function whyNotAt(version: string, tenant: KubeObject): string | undefined {
  const { metadata, status } = tenant
  const [reason, ready] = [reasonOf(tenant), conditionOf(tenant, 'Ready')]
  const isThere = status.version === version && reason === 'RolledOut' && ready?.status === 'True'
  return isThere ? undefined : `${metadata.name} at ${status.version}: ${reason}, ${ready?.message}`
}

/** Of the condition Progressing. */
export const reasonOf = (tenant: KubeObject): string =>
  conditionOf(tenant, 'Progressing')?.reason ?? ''

export function conditionOf({ status }: KubeObject, type: string): KubeObject | undefined {
  return status?.conditions?.find((one: KubeObject) => one.type === type)
}
