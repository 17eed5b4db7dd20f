import { type BackoffRange, backoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import { Lanes, type Next, type Priority } from './lanes.ts'
import { TokenBucket, type TokenBucketOptions } from './token-bucket.ts'

/** A turn that lasts for so long waits for somebody, and needs no CPU: it gives its place to another one. */
const HANGING_MS = 3_000

/** One turn of a key. */
export interface Work {
  key: string
  priority: Priority
  /** From the moment it could have been taken. */
  waitedMs: number
  /** Failures in a row before this turn. */
  failures: number
}

export type WorkResult =
  /** Look again after so long at the latest; absent: when something changes, until when nothing is kept of the key. */
  | { kind: 'done'; afterMs?: number }
  /** Again after the key's back-off. */
  | { kind: 'failed' }

export interface WorkQueueOptions {
  clock: Clock
  random(): number
  /** How many keys are worked on at the same time. */
  concurrency: number
  /** What a key shares with others, e.g. its region: lanes that are slow never take everybody's turns. */
  laneOf(key: string): string
  laneConcurrency: number
  rate: TokenBucketOptions
  backoff: BackoffRange
  /** Never rejects because of what it found; when it does all the same, that counts as failed. */
  work(work: Work): Promise<WorkResult>
}

interface KeyState {
  failures: number
  /** Where it waits for its turn; a key that changes its lane meanwhile must not wait twice. */
  lane?: string
  /** Asked for again during its turn. */
  again?: Priority
  delayed?: { at: number; priority: Priority; cancel: () => void }
}

/**
 * Keys that have to be looked at. A key is in the queue once, however often it is added, and has one turn at a time;
 * what is added during its turn gives it another one afterwards.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions
  readonly #lanes: Lanes
  readonly #bucket: TokenBucket
  readonly #keys = new Map<string, KeyState>()
  readonly #turns = new Map<string, Promise<void>>()
  #phase: 'new' | 'running' | 'stopped' = 'new'
  #cancelRefill: (() => void) | undefined

  constructor(options: WorkQueueOptions) {
    this.#options = options
    this.#lanes = new Lanes(options.concurrency, options.laneConcurrency)
    this.#bucket = new TokenBucket(options.rate, options.clock.now())
  }

  /** Begins with the turns; what was added before has waited until then. */
  start(): void {
    this.#phase = 'running'
    this.#pump()
  }

  /** No new turns; what was added is forgotten. Resolves when the turns that have begun are over. */
  async stop(): Promise<void> {
    this.#phase = 'stopped'
    this.#cancelRefill?.()
    this.#cancelRefill = undefined
    for (const { delayed } of this.#keys.values()) delayed?.cancel()
    await Promise.all(this.#turns.values())
    this.#keys.clear()
    this.#lanes.clear()
  }

  /** Keys that wait for their turn now. */
  depth(): Record<Priority, number> {
    return this.#lanes.depth()
  }

  add(key: string, priority: Priority): void {
    if (this.#phase === 'stopped') return
    const state = this.#stateOf(key)
    if (this.#turns.has(key)) {
      state.again = state.again === 'edit' ? 'edit' : priority
      return
    }
    state.lane ??= this.#options.laneOf(key)
    this.#lanes.push(state.lane, { key, priority, since: this.#options.clock.now() })
    this.#pump()
  }

  /** Of several delays of one key the shortest holds; the next turn takes it off. */
  addAfter(key: string, delayMs: number, priority: Priority): void {
    if (this.#phase === 'stopped') return
    const { clock } = this.#options
    const state = this.#stateOf(key)
    const { delayed } = state
    const at = Math.min(clock.now() + delayMs, delayed?.at ?? Number.POSITIVE_INFINITY)
    const highest = delayed?.priority === 'edit' ? 'edit' : priority
    if (delayed?.at === at && delayed.priority === highest) return
    delayed?.cancel()
    const cancel = clock.after(Math.max(0, at - clock.now()), () => {
      delete state.delayed
      this.add(key, highest)
    })
    state.delayed = { at, priority: highest, cancel }
  }

  #stateOf(key: string): KeyState {
    const state = this.#keys.get(key) ?? { failures: 0 }
    this.#keys.set(key, state)
    return state
  }

  #pump(): void {
    const { clock } = this.#options
    while (this.#phase === 'running' && this.#lanes.hasNext()) {
      if (!this.#bucket.take(clock.now())) {
        this.#pumpAfter(this.#bucket.wait(clock.now()))
        return
      }
      const next = this.#lanes.take()
      if (next) this.#turns.set(next.key, this.#turn(next))
    }
  }

  #pumpAfter(waitMs: number): void {
    this.#cancelRefill ??= this.#options.clock.after(waitMs, () => {
      this.#cancelRefill = undefined
      this.#pump()
    })
  }

  async #turn({ key, priority, since, lane }: Next): Promise<void> {
    const state = this.#stateOf(key)
    state.delayed?.cancel()
    delete state.delayed
    delete state.lane
    const { clock, work } = this.#options
    const turn = { key, priority, waitedMs: clock.now() - since, failures: state.failures }
    let isHanging = false
    const callOff = clock.after(HANGING_MS, () => {
      isHanging = true
      this.#lanes.hang(lane)
      this.#pump()
    })
    // In a task of its own: work that ends at once would otherwise be over before the turn is written down.
    const result = await Promise.resolve(turn)
      .then(work)
      .catch((): WorkResult => ({ kind: 'failed' }))
    this.#turns.delete(key)
    callOff()
    this.#lanes.release(lane, isHanging)
    if (this.#phase === 'running') this.#settle(key, state, result)
    this.#pump()
  }

  #settle(key: string, state: KeyState, result: WorkResult): void {
    const { again } = state
    delete state.again
    state.failures = result.kind === 'failed' ? state.failures + 1 : 0
    if (result.kind === 'failed') this.#retry(key, state.failures, again)
    else if (again) this.add(key, again)
    else if (result.afterMs !== undefined) this.addAfter(key, result.afterMs, 'resync')
    else if (!state.delayed) this.#keys.delete(key)
  }

  /** What was added during the turn may come of the turn itself, and waits too; an edit may be the cure, and waits least. */
  #retry(key: string, failures: number, again: Priority = 'resync'): void {
    const pauseMs = backoff(
      again === 'edit' ? 1 : failures,
      this.#options.backoff,
      this.#options.random(),
    )
    this.addAfter(key, pauseMs, again)
  }
}
