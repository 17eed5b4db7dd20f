import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '../../kubernetes/index.ts'
import type { TestProcess } from '../../support/process.ts'
import { conditionIn, conditionsIn } from './conditions.ts'
import { API } from './objects.ts'
import { find, objectsIn } from './objects-of.ts'
import type { RegionCluster } from './region-cluster.ts'
import { type AuditedWrite, untilNoWrites, writesTo } from './writes.ts'

export type Which = `${'tenant' | 'region'}/${string}`

/** How a test looks at a platform, and waits. Everything that waits fails after a while, and says what it saw. */
export interface Views {
  /** Undefined: it does not exist. */
  see(which: Which): Promise<KubeObject | undefined>
  /** Answers with the Tenant. `reason` is a pattern for `REASON MESSAGE`. */
  untilCondition(tenant: string, type: string, status: string, reason?: RegExp): Promise<KubeObject>
  untilRegionCondition(
    region: string,
    type: string,
    status: string,
    reason?: RegExp,
  ): Promise<KubeObject>
  /** The Tenants are ready by their newest spec. */
  untilReady(...tenants: string[]): Promise<void>
  untilGone(which: Which): Promise<void>
  /** Of the tenant's namespace, in the management cluster unless told; the namespace comes first. */
  objectsOf(tenant: string, cluster?: RegionCluster): Promise<KubeObject[]>
  /** What the operator wrote to any of the clusters so far, but for its lease; the newest last. */
  auditedWrites(): Promise<AuditedWrite[]>
  /** Waits until it has not written for so long. */
  untilQuiet(milliseconds?: number): Promise<void>
}

/**
 * So long nothing of the object may change while the same operator runs: one that is killed again and again needs a
 * start for each change. For a machine that is busy; a quiet one needs a twentieth of it.
 */
const DEADLINE_MS = 90_000

export interface Viewed {
  /** The management cluster first. */
  clusters: readonly [RegionCluster, ...RegionCluster[]]
  /** That works on them now, if it is known. */
  latest(): TestProcess | undefined
}

export function viewsOf({ clusters, latest }: Viewed): Views {
  const [management] = clusters

  const see = (which: Which) => {
    const [kind, name] = which.split('/')
    return find(management.plane.rest, `/apis/${API}/${kind}s/${name}`)
  }

  async function until(
    which: Which,
    isGood: (seen: KubeObject | undefined) => boolean,
    wanted: string,
  ): Promise<KubeObject> {
    const stillForMs = stopwatch()
    for (;;) {
      const seen = await see(which)
      if (isGood(seen)) return seen
      if (stillForMs(seen, latest()) > DEADLINE_MS) throw new Error(inVain({ which, wanted, seen }))
      await sleep(100)
    }
  }

  function inVain({ which, wanted, seen }: { which: Which; wanted: string; seen: KubeObject }) {
    const worries = (latest()?.log ?? [])
      .filter(({ level }) => level !== 'info')
      .slice(-5)
      .map(line => JSON.stringify(line).slice(0, 600))
    return `waited in vain until ${which} is ${wanted}; last seen:\n${conditionsIn(seen)}\n${worries.join('\n')}`
  }

  const untilConditionOf = (
    which: Which,
    type: string,
    wanted: { status: string; reason: RegExp },
  ) =>
    until(
      which,
      seen => {
        const [status, ...rest] = conditionIn(seen, type).split(' ')
        return status === wanted.status && wanted.reason.test(rest.join(' '))
      },
      `${type} ${wanted.status} ${wanted.reason}`,
    )

  const auditedWrites = () => writesTo(clusters)

  return {
    see,
    untilCondition: (name, type, status, reason = /^/) =>
      untilConditionOf(`tenant/${name}`, type, { status, reason }),
    untilRegionCondition: (name, type, status, reason = /^/) =>
      untilConditionOf(`region/${name}`, type, { status, reason }),
    async untilReady(...tenants) {
      for (const name of tenants) await until(`tenant/${name}`, isReady, 'ready')
    },
    async untilGone(which) {
      await until(which, seen => seen === undefined, 'gone')
    },
    objectsOf: (tenant, cluster = management) => objectsIn(cluster.plane.rest, `tenant-${tenant}`),
    auditedWrites,
    untilQuiet: (milliseconds = 2_000) => untilNoWrites(auditedWrites, milliseconds),
  }
}

function isReady(seen: KubeObject | undefined): boolean {
  if (!conditionIn(seen, 'Ready').startsWith('True')) return false
  return seen.status.observedGeneration === seen.metadata.generation
}

/** For how long an object has been as it is, under the same operator. */
function stopwatch() {
  let version: string | undefined
  let under: TestProcess | undefined
  let since = Date.now()
  return (seen: KubeObject | undefined, operator: TestProcess | undefined): number => {
    const now = seen?.metadata.resourceVersion
    if (now !== version || operator !== under) [version, under, since] = [now, operator, Date.now()]
    return Date.now() - since
  }
}
