import type { Meter } from '@platen/telemetry'
import type { Cluster } from './cluster/cluster.ts'
import type { KindRef } from './cluster/object.ts'
import type { Priority } from './queue/lanes.ts'
import { tallyWrite } from './tally.ts'

/** What the operator counts. No label ever names a tenant. */
export interface OperatorMetrics {
  reconciled(
    kind: 'Tenant' | 'Region',
    outcome: 'done' | 'failed' | 'held-back',
    seconds: number,
  ): void
  waited(priority: Priority, seconds: number): void
  /** The cluster, whose writes are counted. */
  countWrites(cluster: Cluster): Cluster
  watchFailed(kind: KindRef): void
  listed(kind: KindRef): void
  missed(kind: KindRef, events: number): void
}

/** What is asked for when somebody collects. */
export interface Gauges {
  depth(): Record<Priority, number>
  open(): number
  isLeading(): boolean
  /** Tenants by condition and status: `[type, status, count]`. */
  tenants(): Iterable<[string, string, number]>
}

export function createMetrics(meter: Meter, gauges: Gauges): OperatorMetrics {
  const duration = meter.createHistogram('platen.operator.reconcile.duration', {
    unit: 's',
    description: 'Time of one reconcile, by kind and outcome',
    advice: {
      explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    },
  })
  const wait = meter.createHistogram('platen.operator.queue.wait', {
    unit: 's',
    description:
      'Time between the moment when an object could have been reconciled and its reconcile',
    advice: { explicitBucketBoundaries: [0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300] },
  })
  const writes = meter.createCounter('platen.operator.writes', {
    unit: '{write}',
    description: 'Writes to API servers, by kind and verb; in a steady state none',
  })
  const watchFailures = meter.createCounter('platen.operator.watch.failures', {
    unit: '{failure}',
    description: 'Watches that broke or could not be opened, by kind; each is opened again',
  })
  const lists = meter.createCounter('platen.operator.watch.lists', {
    unit: '{list}',
    description: 'Lists of all objects of a kind',
  })
  const missed = meter.createCounter('platen.operator.watch.missed', {
    unit: '{event}',
    description: 'Changes that a list showed and no watch had told, by kind',
  })
  observeGauges(meter, gauges)
  return {
    reconciled: (kind, outcome, seconds) => duration.record(seconds, { kind, outcome }),
    waited: (priority, seconds) => wait.record(seconds, { priority }),
    countWrites: cluster =>
      counted(cluster, (kind, verb) => {
        writes.add(1, { kind, verb })
        tallyWrite()
      }),
    watchFailed: ({ kind }) => watchFailures.add(1, { kind }),
    listed: ({ kind }) => lists.add(1, { kind }),
    missed: ({ kind }, events) => missed.add(events, { kind }),
  }
}

function observeGauges(meter: Meter, { depth, open, isLeading, tenants }: Gauges): void {
  meter
    .createObservableGauge('platen.operator.queue.depth', {
      unit: '{object}',
      description: 'Objects that wait for their reconcile, by priority',
    })
    .addCallback(result => {
      for (const [priority, count] of Object.entries(depth())) result.observe(count, { priority })
    })
  meter
    .createObservableGauge('platen.operator.breaker.open', {
      unit: '{object}',
      description: 'Objects that are left alone because they changed too often',
    })
    .addCallback(result => result.observe(open()))
  meter
    .createObservableGauge('platen.operator.leading', {
      unit: '1',
      description: '1 while this replica holds the lease',
    })
    .addCallback(result => result.observe(isLeading() ? 1 : 0))
  meter
    .createObservableGauge('platen.operator.tenants', {
      unit: '{tenant}',
      description: 'Tenants by condition and its status',
    })
    .addCallback(result => {
      for (const [condition, status, count] of tenants())
        result.observe(count, { condition, status })
    })
}

function counted(cluster: Cluster, count: (kind: string, verb: string) => void): Cluster {
  return {
    ...cluster,
    async apply(object, options) {
      count(object.kind, 'apply')
      return await cluster.apply(object, options)
    },
    async applyStatus(object, options) {
      count(object.kind, 'apply-status')
      return await cluster.applyStatus(object, options)
    },
    async create(object, options) {
      count(object.kind, 'create')
      return await cluster.create(object, options)
    },
    async replace(object, options) {
      count(object.kind, 'replace')
      return await cluster.replace(object, options)
    },
    async delete(ref, uid, options) {
      count(ref.kind, 'delete')
      return await cluster.delete(ref, uid, options)
    },
  }
}

/** How many objects have each condition in each status. */
export function countConditions(
  statuses: Iterable<{ conditions?: { type: string; status: string }[] } | undefined>,
): [string, string, number][] {
  const counts = new Map<string, [string, string, number]>()
  for (const { type, status } of [...statuses].flatMap(one => one?.conditions ?? [])) {
    const entry = counts.get(`${type} ${status}`) ?? [type, status, 0]
    entry[2] += 1
    counts.set(`${type} ${status}`, entry)
  }
  return [...counts.values()]
}
