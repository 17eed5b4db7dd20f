import type { Condition } from '../resources/condition.ts'

export type { Condition }

export type ConditionStatus = Condition['status']

/** Messages may be up to 32,768 characters; nobody reads more than this. */
const LONGEST_MESSAGE = 1024

/**
 * The conditions of one object while it is reconciled: starts with those that are stored, and keeps the time of the last
 * transition of each whose status stays as it is.
 */
export class Conditions {
  readonly #stored: ReadonlyMap<string, Condition>
  readonly #now: Map<string, Condition>
  readonly #generation: number
  readonly #time: string

  constructor(stored: readonly Condition[], generation: number, time: Date) {
    this.#stored = new Map(stored.map(condition => [condition.type, condition]))
    this.#now = new Map(this.#stored)
    this.#generation = generation
    this.#time = `${time.toISOString().slice(0, 19)}Z` // metav1.Time has whole seconds.
  }

  set(type: string, status: ConditionStatus, { reason, message = '' }: Because): void {
    const stored = this.#stored.get(type)
    const lastTransitionTime = stored?.status === status ? stored.lastTransitionTime : this.#time
    this.#now.set(type, {
      type,
      status,
      reason,
      message: message.slice(0, LONGEST_MESSAGE),
      observedGeneration: this.#generation,
      lastTransitionTime,
    })
  }

  get(type: string): Condition | undefined {
    return this.#now.get(type)
  }

  is(type: string, status: ConditionStatus): boolean {
    return this.#now.get(type)?.status === status
  }

  remove(type: string): void {
    this.#now.delete(type)
  }

  /** In the order of `types`; others, which an older operator may have left, are dropped. */
  list(types: readonly string[]): Condition[] {
    return types.flatMap(type => this.#now.get(type) ?? [])
  }
}

export interface Because {
  reason: string
  message?: string
}
