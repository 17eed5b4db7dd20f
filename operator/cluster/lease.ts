import { randomUUID } from 'node:crypto'
import type { Cluster } from './cluster.ts'
import { isConflict } from './errors.ts'
import type { KubernetesObject, ObjectRef } from './object.ts'

export interface LeaseOptions {
  cluster: Pick<Cluster, 'get' | 'create' | 'replace'>
  namespace: string
  name: string
  /** For people who look at the Lease, e.g. the pod's name; made unique for each process. */
  identity: string
  clock?: LeaseClock
  timing?: Partial<LeaseTiming>
}

export interface LeaseTiming {
  /** After so long without a change of the record others may take the lease; whole seconds. */
  durationMs: number
  /** After so long without a renewal the leader stops; must be well below `durationMs`. */
  deadlineMs: number
  /** How often the leader renews, and others look. */
  everyMs: number
}

export interface LeaseClock {
  /** Milliseconds that never go back; only differences count. */
  monotonic(): number
  /** For the record only: nobody decides by it. */
  date(): Date
  /** Calls once after so many milliseconds; what it answers with calls it off. */
  after(milliseconds: number, call: () => void): () => void
}

export interface Lease {
  /** The last renewal was asked for less than `deadlineMs` ago; to be asked before each piece of work. */
  readonly isLeading: boolean
  /** This process, or another one that renews its lease, leads. */
  readonly hasLeader: boolean
  /**
   * Waits for the lease, leads, and again, until the signal is aborted. The signal that `lead` gets is aborted when
   * the lease cannot be kept, before anybody else can take it. The lease is released when `lead` has returned.
   * @throws what `lead` throws
   */
  run(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>
}

const TIMING: LeaseTiming = { durationMs: 15_000, deadlineMs: 10_000, everyMs: 2_000 }

const CLOCK: LeaseClock = {
  monotonic: () => performance.now(),
  date: () => new Date(),
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds)
    return () => clearTimeout(timer)
  },
}

/** One leader among processes that share an API server, by a coordination.k8s.io/v1 Lease. */
export function createLease({ clock = CLOCK, timing, identity, ...where }: LeaseOptions): Lease {
  const state: State = {
    ...where,
    clock,
    timing: { ...TIMING, ...timing },
    holder: `${identity}_${randomUUID()}`,
    ref: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', ...pickName(where) },
    renewedAt: Number.NEGATIVE_INFINITY,
    known: undefined,
  }
  return {
    get isLeading() {
      return isLeading(state)
    },
    get hasLeader() {
      return isLeading(state) || (state.known !== undefined && !mayTake(state, state.known))
    },
    async run(lead, signal) {
      while (!signal.aborted) {
        await campaign(state, signal)
        if (isLeading(state)) await reign(state, lead, signal)
      }
    },
  }
}

const pickName = ({ namespace, name }: ObjectName) => ({ namespace, name })

interface ObjectName {
  namespace: string
  name: string
}

interface State {
  cluster: LeaseOptions['cluster']
  clock: LeaseClock
  timing: LeaseTiming
  holder: string
  ref: ObjectRef
  /** When the last renewal that succeeded was begun. */
  renewedAt: number
  known: Known | undefined
}

/** The record as it was last seen. */
interface Known {
  lease: LeaseObject
  /** When a change of it was first seen; by this clock, so that it does not matter whose clock is wrong. */
  since: number
}

interface LeaseObject extends KubernetesObject {
  spec?: LeaseSpec
}

interface LeaseSpec {
  holderIdentity?: string
  leaseDurationSeconds?: number
  acquireTime?: string
  renewTime?: string
  leaseTransitions?: number
}

function isLeading({ clock, renewedAt, timing }: State): boolean {
  return clock.monotonic() - renewedAt < timing.deadlineMs
}

async function campaign(state: State, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // Failures are like somebody else's lease: the next look may find better.
    if (await tryToTake(state, signal).catch(() => false)) return
    await pause(state, state.timing.everyMs * (0.8 + 0.4 * Math.random()), signal)
  }
}

async function tryToTake(state: State, signal: AbortSignal): Promise<boolean> {
  const known = await look(state, signal)
  if (known && known.lease.spec?.holderIdentity !== state.holder && !mayTake(state, known)) {
    return false
  }
  return await write(state, known?.lease, signal)
}

async function look(state: State, signal: AbortSignal): Promise<Known | undefined> {
  const lease = await state.cluster.get(state.ref, inTime(state, signal))
  if (!lease) state.known = undefined
  else remember(state, lease)
  return state.known
}

function remember(state: State, lease: LeaseObject): void {
  const before = state.known?.lease.metadata
  const isNew =
    before?.resourceVersion !== lease.metadata.resourceVersion || before?.uid !== lease.metadata.uid
  if (isNew) state.known = { lease, since: state.clock.monotonic() }
}

function mayTake({ clock, timing }: State, { lease: { spec = {} }, since }: Known): boolean {
  if (!spec.holderIdentity) return true
  // The holder's own word on how long it holds, and never less than ours.
  const duration = Math.max((spec.leaseDurationSeconds ?? 0) * 1000, timing.durationMs)
  return clock.monotonic() - since >= duration
}

/** Takes or renews. False: somebody was faster. */
async function write(
  state: State,
  lease: LeaseObject | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const begun = state.clock.monotonic()
  const { cluster, ref } = state
  const desired = { ...ref, metadata: lease?.metadata ?? pickMeta(ref), spec: specOf(state, lease) }
  const options = inTime(state, signal)
  const stored = lease
    ? await cluster.replace(withoutRef(desired), options).catch(undefinedIfConflict)
    : await cluster.create(withoutRef(desired), options)
  if (!stored) return false
  remember(state, stored)
  state.renewedAt = begun
  return true
}

const pickMeta = ({ name, namespace = '' }: ObjectRef) => ({ name, namespace })

function withoutRef({ name: _1, namespace: _2, ...object }: ObjectRef & LeaseObject): LeaseObject {
  return object
}

function undefinedIfConflict(error: unknown): undefined {
  if (!isConflict(error)) throw error
}

function specOf({ clock, timing, holder }: State, lease: LeaseObject | undefined): LeaseSpec {
  const before = lease?.spec ?? {}
  const now = microTime(clock.date())
  const isOurs = before.holderIdentity === holder
  return {
    holderIdentity: holder,
    leaseDurationSeconds: Math.ceil(timing.durationMs / 1000),
    acquireTime: isOurs ? (before.acquireTime ?? now) : now,
    renewTime: now,
    leaseTransitions: (before.leaseTransitions ?? 0) + (isOurs || !lease ? 0 : 1),
  }
}

/** `meta/v1` MicroTime: the server refuses any but six digits. */
export function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z')
}

async function reign(
  state: State,
  lead: (signal: AbortSignal) => Promise<void>,
  stop: AbortSignal,
): Promise<void> {
  const lost = new AbortController()
  const done = new AbortController()
  const renewing = keepRenewing(state, lost, done.signal)
  try {
    await lead(AbortSignal.any([stop, lost.signal]))
  } finally {
    // Renewed until now: also what takes its time to stop does so while nobody else leads.
    done.abort()
    await renewing
    await release(state).catch(() => {}) // then others wait until it has run out
  }
}

async function keepRenewing(state: State, lost: AbortController, done: AbortSignal): Promise<void> {
  const { clock, timing } = state
  const ends = AbortSignal.any([done, lost.signal])
  let callOff = () => {}
  const guard = () => {
    callOff()
    const left = state.renewedAt + timing.deadlineMs - clock.monotonic()
    callOff = clock.after(Math.max(left, 0), () => lost.abort(new Error(LOST)))
  }
  guard()
  while (!ends.aborted) {
    await pause(state, timing.everyMs, ends)
    if (ends.aborted) break
    const isOurs = await renew(state, lost.signal).catch(() => 'unknown')
    if (isOurs === true) guard()
    if (isOurs === false) lost.abort(new Error(LOST))
  }
  callOff()
}

const LOST = 'the lease was lost'

/** False: it is somebody else's now. */
async function renew(state: State, signal: AbortSignal): Promise<boolean> {
  if (await write(state, state.known?.lease, signal)) return true
  // Our own write of which no answer came, or somebody who added a label.
  const known = await look(state, signal)
  if (known && known.lease.spec?.holderIdentity !== state.holder) {
    state.renewedAt = Number.NEGATIVE_INFINITY
    return false
  }
  return await write(state, known?.lease, signal)
}

async function release(state: State): Promise<void> {
  const wasLeading = isLeading(state)
  state.renewedAt = Number.NEGATIVE_INFINITY
  const lease = state.known?.lease
  if (!wasLeading || lease?.spec?.holderIdentity !== state.holder) return
  const { holderIdentity: _, ...spec } = lease.spec
  const signal = AbortSignal.timeout(RELEASE_MS)
  remember(state, await state.cluster.replace({ ...lease, spec }, { signal }))
}

const RELEASE_MS = 3_000

/** A request that hangs must leave time for another one before the deadline. */
function inTime({ timing }: State, signal: AbortSignal) {
  return { signal: AbortSignal.any([signal, AbortSignal.timeout(timing.deadlineMs / 2)]) }
}

function pause({ clock }: State, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve()
    const end = () => {
      callOff()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const callOff = clock.after(milliseconds, end)
    signal.addEventListener('abort', end, { once: true })
  })
}
