import { randomUUID } from 'node:crypto'
import type { Cluster } from './cluster.ts'
import { isNotFound } from './errors.ts'
import { microTime } from './lease.ts'
import type { KubernetesObject, ObjectRef } from './object.ts'

/** What happened to an object, for `kubectl describe`. Nothing personal, no serial numbers, no addresses. */
export interface EventContent<Reason extends string = string> {
  type: 'Normal' | 'Warning'
  /** Why, in UpperCamelCase. */
  reason: Reason
  /** What was done or tried, in UpperCamelCase. */
  action: string
  /** A sentence. */
  note: string
}

export interface Regarding extends ObjectRef {
  uid: string
}

export interface Events<Reason extends string = string> extends AsyncDisposable {
  /** Returns at once and never fails: an event is worth no reconcile. */
  emit(regarding: Regarding, event: EventContent<Reason>): void
  /** Events that were not written: too many, or the API server did not take them. */
  readonly dropped: number
}

export interface EventsOptions {
  reportingController: string
  /** The pod's name. */
  instance: string
  now?: () => Date
}

/** The same words about the same object are one event that is counted, and written again at most so often. */
const FOLD_MS = 10 * 60_000
/** As many different events an object may have at once, and then one more a minute. */
const BURST = 10
const REFILL_MS = 60_000
const MAX_WAITING = 200
const MAX_NOTE = 1024
const WRITE_MS = 5_000

interface Written {
  object: KubernetesObject
  count: number
  writtenAt: number
}

export function createEvents<Reason extends string>(
  cluster: Pick<Cluster, 'create' | 'replace'>,
  { reportingController, instance, now = () => new Date() }: EventsOptions,
): Events<Reason> {
  const stopped = new AbortController()
  const known = new Map<string, Written>()
  const budgets = createBudgets()
  let waiting = 0
  let dropped = 0
  let last = Promise.resolve()

  /** One after the other: a storm of events must not take the API server from those who work. */
  function enqueue(write: (signal: AbortSignal) => Promise<unknown>): void {
    if (waiting >= MAX_WAITING || stopped.signal.aborted) return void dropped++
    waiting++
    last = last.then(async () => {
      const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(WRITE_MS)])
      await write(signal).catch(() => dropped++)
      waiting--
    })
  }

  function repeat(written: Written, at: Date): void {
    written.count++
    if (at.getTime() - written.writtenAt < FOLD_MS) return
    written.writtenAt = at.getTime()
    const series = { count: written.count, lastObservedTime: microTime(at) }
    const { object } = written
    enqueue(signal => replaceOrCreate(cluster, { ...object, series }, signal))
  }

  return {
    get dropped() {
      return dropped
    },
    emit(regarding, event) {
      const at = now()
      const key = [regarding.uid, event.type, event.reason, event.action, event.note].join('\n')
      const written = known.get(key)
      if (written) return repeat(written, at)
      if (!budgets.take(regarding.uid, at.getTime())) return void dropped++
      forgetOld(known, at.getTime())
      const object = objectOf({ regarding, event, at, reportingController, instance })
      known.set(key, { object, count: 1, writtenAt: at.getTime() })
      enqueue(signal => cluster.create(object, { signal }))
    },
    async [Symbol.asyncDispose]() {
      stopped.abort()
      await last
    },
  }
}

/** The server forgets events after an hour. */
async function replaceOrCreate(
  cluster: Pick<Cluster, 'create' | 'replace'>,
  object: KubernetesObject,
  signal: AbortSignal,
): Promise<void> {
  try {
    await cluster.replace(object, { signal })
  } catch (error) {
    if (!isNotFound(error)) throw error
    await cluster.create(object, { signal })
  }
}

function forgetOld(known: Map<string, Written>, now: number): void {
  for (const [key, { writtenAt }] of known) {
    if (now - writtenAt > 2 * FOLD_MS) known.delete(key)
  }
}

/** How many more events each object may have now. */
function createBudgets() {
  const spent = new Map<string, { count: number; at: number }>()
  return {
    take(uid: string, now: number): boolean {
      const before = spent.get(uid) ?? { count: 0, at: now }
      const count = Math.max(before.count - (now - before.at) / REFILL_MS, 0)
      if (count > BURST - 1) return false
      spent.delete(uid) // the newest last
      spent.set(uid, { count: count + 1, at: now })
      for (const [each, { at }] of spent) {
        if (now - at <= BURST * REFILL_MS) break
        spent.delete(each)
      }
      return true
    },
  }
}

interface Occurrence {
  regarding: Regarding
  event: EventContent
  at: Date
  reportingController: string
  instance: string
}

function objectOf(occurrence: Occurrence): KubernetesObject {
  const { regarding, event, at, reportingController, instance } = occurrence
  // Where kubectl looks for events of what has no namespace.
  const namespace = regarding.namespace ?? 'default'
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: `${regarding.name.slice(0, 200)}.${randomUUID()}`, namespace },
    eventTime: microTime(at),
    reportingController,
    reportingInstance: instance,
    regarding,
    ...event,
    note: event.note.slice(0, MAX_NOTE),
  }
}
