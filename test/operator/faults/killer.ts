import { between, type Random } from '../../faults/random.ts'
import type { Platform } from '../support/index.ts'
import type { ApiRelay, Fate } from './api-relay.ts'
import { forgetLease } from './crew.ts'

export interface KillerOptions {
  platform: Platform
  /** Through which the operator writes. */
  relay: ApiRelay
  random: Random
  /** How often, at the most. */
  kills: number
  /** Starts another operator. */
  start(): Promise<unknown>
}

const MOST_WRITES = 15

/** Counts writes, and kills the operator before one of them, or after it and before its answer; then another one starts. */
export function killAtRandom({ platform, relay, random, kills: most, start }: KillerOptions) {
  let left = between(random, 1, MOST_WRITES)
  let kills = 0
  let restarting: Promise<unknown> = Promise.resolve()

  async function restart(): Promise<void> {
    await platform.operator().exited
    await forgetLease(platform)
    left = between(random, 1, MOST_WRITES)
    await start()
  }

  function kill(): Fate {
    kills += 1
    platform.operator().kill('SIGKILL')
    restarting = restart()
    restarting.catch(() => {}) // `stop` tells
    return random() < 0.5 ? 'drop' : 'lose'
  }

  relay.decide(({ isWrite }) => {
    if (!isWrite || kills >= most) return 'pass'
    left -= 1
    if (left === 0) return kill()
    return left < 0 ? 'drop' : 'pass' // of the dead one
  })
  return {
    /** Answers with how often it killed. */
    async stop(): Promise<number> {
      relay.decide(() => 'pass')
      await restarting
      return kills
    },
  }
}
