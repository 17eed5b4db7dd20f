import { backoff } from '../queue/backoff.ts'
import { auditForEver } from './audit.ts'
import type { ClusterConnection, WatchEvent } from './cluster.ts'
import { ApiError, isGone, isNotServed } from './errors.ts'
import type { KindRef, KubernetesObject } from './object.ts'
import { type Change, createStore, keyIn, type Store } from './store.ts'
import { abortable, jitter, sleep } from './waits.ts'

export interface ReflectorOptions<T> {
  cluster: ClusterConnection
  kind: KindRef
  namespace?: string
  labelSelector?: string
  /** How to install the kind, without which nothing works: while it is not served, nothing is synced. */
  install?: string
  /** What is kept of an object. */
  keep: (object: KubernetesObject) => T
  /** Is called between two events of the stream: it must only note what to do. */
  onChange?: (change: Change<T>) => void
  onReport?: (report: ReflectorReport) => void
  timing?: Partial<ReflectorTiming>
}

/** For metrics and logs. */
export type ReflectorReport =
  /** Everything was listed; `changes`: what that showed and the watch had not told. */
  | { type: 'listed'; kind: KindRef; changes: number }
  /** The stream broke, or the server does not answer: it is tried again, for ever. `isNew`: not for the reason of the last try. */
  | { type: 'failed'; kind: KindRef; error: ApiError; isNew: boolean }
  /** A stream is open again. */
  | { type: 'recovered'; kind: KindRef }
  /** The cluster serves the kind, which it did not before. */
  | { type: 'appeared'; kind: KindRef }
  /** Comparing a list with what is known showed so many changes that no event had told. */
  | { type: 'missed'; kind: KindRef; events: number }

export interface ReflectorTiming {
  /** The server ends a watch after about so long. */
  watchMs: number
  /** A watch without a byte for so long is broken. */
  silenceMs: number
  /** How often all is compared with a list. */
  auditMs: number
  /** How long an event may take after the list has shown its change. */
  auditGraceMs: number
  /** How often to look whether the cluster serves a kind by now. */
  absentMs: number
  firstBackoffMs: number
  maxBackoffMs: number
}

/** Why nobody tells what happens to the objects of a kind, and since when (of `performance.now`). */
export interface Trouble {
  kind: KindRef
  since: number
  error: ApiError
}

/** Keeps what it was told of all objects of a kind, whatever happens to the API server or the way to it. */
export interface Reflector<T> extends AsyncDisposable {
  readonly kind: KindRef
  /** All were listed once, or the cluster does not serve the kind and need not. */
  readonly synced: boolean
  /** Absent while a stream is open, or opened as it should be. */
  readonly trouble: Trouble | undefined
  /** Everything up to this resource version was seen; empty before the first list. */
  readonly resourceVersion: string
  readonly size: number
  whenSynced(signal: AbortSignal): Promise<void>
  get(name: string, namespace?: string): T | undefined
  values(): Iterable<T>
}

const TIMING: ReflectorTiming = {
  watchMs: 270_000,
  silenceMs: 100_000,
  auditMs: 15 * 60_000,
  auditGraceMs: 10_000,
  absentMs: 15_000,
  firstBackoffMs: 500,
  maxBackoffMs: 10_000,
}

/**
 * Lists and watches until it is disposed of. client-node's `Watch` is not used: it drops lines that it cannot parse, its
 * consumer cannot slow it down, and each one makes a pool of connections of its own; its informer stops for good at the
 * first error that is not a 410.
 */
export function startReflector<T>(options: ReflectorOptions<T>): Reflector<T> {
  const stopped = new AbortController()
  const run: Run<T> = {
    options,
    timing: { ...TIMING, ...options.timing },
    store: createStore(options.keep, options.onChange ?? (() => {})),
    signal: stopped.signal,
    relist: new AbortController(),
    synced: false,
    firstSync: Promise.withResolvers(),
    resourceVersion: '',
    isWatching: false,
    trouble: undefined,
    failures: 0,
    absentLooks: 0,
    suspects: new Set(),
  }
  const ended = Promise.all([runForEver(run), auditForEver(run)])
  return {
    kind: options.kind,
    get synced() {
      return run.synced
    },
    get trouble() {
      return run.trouble
    },
    get resourceVersion() {
      return run.resourceVersion
    },
    get size() {
      return run.store.entries().size
    },
    whenSynced: signal => abortable(run.firstSync.promise, signal),
    get: (name, namespace = '') => run.store.get(keyIn({ name, namespace }))?.value,
    values: () =>
      run.store
        .entries()
        .values()
        .map(({ value }) => value),
    async [Symbol.asyncDispose]() {
      stopped.abort()
      await ended
    },
  }
}

/** The state of one reflector. */
export interface Run<T> {
  options: ReflectorOptions<T>
  timing: ReflectorTiming
  store: Store<T>
  /** Aborted at the reflector's end. */
  signal: AbortSignal
  /** Aborted to end the present watch and list anew. */
  relist: AbortController
  synced: boolean
  firstSync: PromiseWithResolvers<void>
  resourceVersion: string
  /** A stream is open. */
  isWatching: boolean
  trouble: Trouble | undefined
  /** In a row. */
  failures: number
  /** How often in a row the cluster said that it does not serve the kind. */
  absentLooks: number
  /** Keys of which a comparison's list said what no event has told yet. */
  suspects: Set<string>
}

async function runForEver<T>(run: Run<T>): Promise<void> {
  while (!run.signal.aborted) {
    try {
      await list(run)
      await watchUntilListIsNeeded(run)
    } catch (error) {
      await wait(run, asApiError(error))
    }
  }
}

/** Brings the store in line with a list, page by page; what no page shows is gone. */
async function list<T>(run: Run<T>): Promise<void> {
  const { options, store, signal } = run
  const unseen = new Set(store.entries().keys())
  let changes = 0
  let resourceVersion = ''
  run.relist = new AbortController()
  for await (const page of options.cluster.pages(options.kind, { ...options, signal })) {
    for (const item of page.items) {
      unseen.delete(keyIn(item.metadata))
      if (store.put(item)) changes++
    }
    resourceVersion = page.resourceVersion
  }
  for (const key of unseen) {
    if (store.drop(key)) changes++
  }
  run.resourceVersion = resourceVersion
  isSynced(run)
  options.onReport?.({ type: 'listed', kind: options.kind, changes })
  if (run.absentLooks > 0) options.onReport?.({ type: 'appeared', kind: options.kind })
  run.absentLooks = 0
}

function isSynced<T>(run: Run<T>): void {
  run.synced = true
  run.firstSync.resolve()
}

/** So many broken streams in a row, and the list may know better. */
const FAILURES_BEFORE_LIST = 3

/** Opens the stream again from where it was when it ends, or breaks on the way. */
async function watchUntilListIsNeeded<T>(run: Run<T>): Promise<void> {
  while (!run.signal.aborted && !run.relist.signal.aborted) {
    const error = await watch(run)
    if (run.relist.signal.aborted) return
    if (error && needsList(error, run.failures)) throw error
    if (error) await wait(run, error)
  }
}

/** An answer that refuses the watch will refuse it again; a way that broke may be mended. */
function needsList(error: ApiError, failures: number): boolean {
  return error.code !== undefined || failures >= FAILURES_BEFORE_LIST
}

/** A stream that lived so long was no failure, even if nothing happened in it. */
const LIVED_MS = 5_000

/** One stream, to its end. Answers with why it broke. */
async function watch<T>(run: Run<T>): Promise<ApiError | undefined> {
  const { options, timing, resourceVersion } = run
  const openedAt = performance.now()
  const signal = AbortSignal.any([run.signal, run.relist.signal])
  const timeoutSeconds = Math.ceil(jitter(timing.watchMs) / 1000)
  const { silenceMs } = timing
  const onOpen = () => isOpen(run)
  const stream = { ...options, resourceVersion, timeoutSeconds, silenceMs, signal, onOpen }
  let broke: ApiError | undefined
  try {
    for await (const event of options.cluster.watch(options.kind, stream)) take(run, event)
  } catch (error) {
    broke = asApiError(error)
  }
  run.isWatching = false
  const lived = performance.now() - openedAt
  if (lived > LIVED_MS) run.failures = 0
  // A server that ends every stream at once must not be asked in a tight loop.
  if (lived < timing.firstBackoffMs) await sleep(timing.firstBackoffMs, signal)
  return broke
}

function isOpen<T>(run: Run<T>): void {
  const wasTrouble = run.trouble !== undefined
  run.isWatching = true
  run.trouble = undefined
  if (wasTrouble) run.options.onReport?.({ type: 'recovered', kind: run.options.kind })
}

function take<T>(run: Run<T>, { type, object }: WatchEvent): void {
  // By the event and not by what is known after it: an object that came and went is as unknown as before.
  run.suspects.delete(keyIn(object.metadata))
  if (type === 'DELETED') run.store.drop(keyIn(object.metadata))
  else if (type !== 'BOOKMARK') run.store.put(object)
  run.resourceVersion = object.metadata.resourceVersion ?? run.resourceVersion
  run.failures = 0
}

/** Back-off with jitter, for ever. A resource version that is too old is no fault of the server. */
async function wait<T>(run: Run<T>, error: ApiError): Promise<void> {
  if (run.signal.aborted) return
  if (isNotServed(error)) return await waitForKind(run)
  fail(run, error)
  if (isGone(error) && run.failures === 0) return
  run.failures++
  const { firstBackoffMs: first, maxBackoffMs: longest } = run.timing
  const pauseMs = backoff(run.failures, { first, longest }, Math.random())
  await sleep(Math.max(pauseMs, error.retryAfterMs ?? 0), run.signal)
}

function fail<T>(run: Run<T>, error: ApiError): void {
  const { kind, onReport } = run.options
  const before = run.trouble
  run.trouble = { kind, since: before?.since ?? performance.now(), error }
  onReport?.({ type: 'failed', kind, error, isNew: before?.error.reason !== error.reason })
}

/** Only a second look is believed: just after its start a server may not yet know all of its kinds. */
async function waitForKind<T>(run: Run<T>): Promise<void> {
  run.absentLooks++
  const isBelieved = run.absentLooks > 1
  if (isBelieved) {
    for (const key of [...run.store.entries().keys()]) run.store.drop(key)
  }
  const { kind, install } = run.options
  if (install === undefined) {
    run.trouble = undefined
    isSynced(run)
  } else {
    if (isBelieved) run.synced = false
    const message = `cannot watch ${kind.kind}: the cluster does not serve ${kind.apiVersion} ${kind.kind}; ${install}`
    fail(run, new ApiError(message, { code: 404, reason: 'NotServed' }))
  }
  await sleep(jitter(run.timing.absentMs), run.signal)
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  const { message } = error as Error
  return new ApiError(`cannot go on with a watch: ${message}`, { reason: 'Unknown', cause: error })
}
