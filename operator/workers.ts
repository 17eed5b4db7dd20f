import type { Logger } from '@platen/telemetry'
import { parseKey } from './keys.ts'
import type { OperatorMetrics } from './metrics.ts'
import type { Breaker } from './queue/breaker.ts'
import type { Clock } from './queue/clock.ts'
import type { Work, WorkResult } from './queue/work-queue.ts'
import { DEADLINE_MS } from './reconcile/attempt.ts'
import { type RegionSurroundings, workOnRegion } from './reconcile/region/work.ts'
import type { Reporter } from './reconcile/report.ts'
import type { Resource } from './reconcile/status.ts'
import { holdBack } from './reconcile/storm.ts'
import { type Turn, workOnTenant } from './reconcile/tenant/work.ts'
import { tallied } from './tally.ts'

export interface WorkerOptions {
  clock: Clock
  surroundings: RegionSurroundings
  breaker: Breaker
  metrics: OperatorMetrics
  logger: Logger
  /** Aborted when the operator stops. */
  signal: AbortSignal
  /** Aborted when the cluster of this key's region stops answering. */
  downSignal(key: string): AbortSignal
  reporterOf(object: Resource): Reporter
}

/** What the queue does with a key. */
export function createWorker(o: WorkerOptions): (work: Work) => Promise<WorkResult> {
  return async work => {
    const { kind, name } = parseKey(work.key)
    const began = o.clock.now()
    o.metrics.waited(work.priority, work.waitedMs / 1000)
    const { result, outcome } = await turn(o, work)
    const metricKind = kind === 'tenant' ? 'Tenant' : 'Region'
    o.metrics.reconciled(metricKind, outcome, (o.clock.now() - began) / 1000)
    const resource = o.surroundings[kind === 'tenant' ? 'tenants' : 'regions'].get(name)
    if (!resource) o.breaker.forget(work.key)
    return result
  }
}

interface Turned {
  result: WorkResult
  outcome: 'done' | 'failed' | 'held-back'
}

async function turn(o: WorkerOptions, { key, failures }: Work): Promise<Turned> {
  const { kind, name } = parseKey(key)
  const object = o.surroundings[kind === 'tenant' ? 'tenants' : 'regions'].get(name)
  if (!object) return { result: { kind: 'done' }, outcome: 'done' }
  const deadline = AbortSignal.timeout(DEADLINE_MS)
  const signal = AbortSignal.any([o.signal, deadline, o.downSignal(key)])
  const asked: Turn = {
    now: new Date(o.clock.now()),
    failures,
    signal,
    report: o.reporterOf(object),
  }
  try {
    const held = o.breaker.heldUntil(key)
    if (held !== undefined) return heldBack(o, held)
    const work = kind === 'tenant' ? workOnTenant : workOnRegion
    const { result, writes } = await tallied(() => work(o.surroundings, name, asked))
    const tooMuch = writes > 0 ? o.breaker.count(key) : undefined
    if (tooMuch !== undefined) {
      await holdBack(o.surroundings, { kind, name }, asked)
      return heldBack(o, tooMuch)
    }
    return { result, outcome: result.kind }
  } catch (error) {
    // Called off, or not even the status could be written: the API server is away, or somebody else wrote meanwhile.
    if (!o.signal.aborted) o.logger.warn({ err: error, key }, 'cannot end a reconcile in order')
    return { result: { kind: 'failed' }, outcome: 'failed' }
  }
}

function heldBack({ clock }: WorkerOptions, until: number): Turned {
  return { result: { kind: 'done', afterMs: until - clock.now() }, outcome: 'held-back' }
}
