import type { Load } from './budget.ts'
import { createGroupCommit, type GroupCommit, type GroupCommitOptions } from './group-commit.ts'

export interface LanesOptions<D, R> extends Omit<GroupCommitOptions<D, R>, 'onAttempt'> {
  /** How many commits may run at the same time: one database connection each. */
  lanes: number
  /** False at the first failure, with its error; true when every lane has succeeded again. */
  onHealth(isHealthy: boolean, error?: unknown): void
}

/**
 * Group commits side by side. All of one monitor go through the same lane: their order is kept, and two lanes don't
 * wait for each other's rows.
 */
export function createLanes<D extends { monitor: string; load: Load }, R>(
  options: LanesOptions<D, R>,
): GroupCommit<D, R> {
  const failing = new Set<number>()

  function onAttempt(lane: number, error?: unknown): void {
    const wasHealthy = failing.size === 0
    if (error === undefined) failing.delete(lane)
    else failing.add(lane)
    const isHealthy = failing.size === 0
    if (isHealthy !== wasHealthy) options.onHealth(isHealthy, error)
  }

  const lanes = Array.from({ length: options.lanes }, (_, lane) =>
    createGroupCommit<D, R>({ ...options, onAttempt: error => onAttempt(lane, error) }),
  )

  return {
    async submit(delivery) {
      const lane = lanes[laneOf(delivery.monitor, lanes.length)]
      if (!lane) throw new Error('cannot submit: there are no lanes')
      return await lane.submit(delivery)
    },
    async drain() {
      await Promise.all(lanes.map(lane => lane.drain()))
    },
  }
}

/** The lane of a monitor: FNV-1a of its name, so that the same name always has the same lane. */
export function laneOf(monitor: string, lanes: number): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < monitor.length; index += 1) {
    hash = Math.imul(hash ^ monitor.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0) % lanes
}
