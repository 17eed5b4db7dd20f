import type { Log } from '../log.ts'

/** Logs trouble that comes back at every attempt: once, and once more when it is over. */
export interface Trouble {
  tell(trouble: string): void
  over(relief: string): void
}

export function createTrouble(logger: Log): Trouble {
  let last: string | undefined
  return {
    tell(trouble) {
      if (trouble !== last) logger.warn(trouble)
      last = trouble
    },
    over(relief) {
      if (last !== undefined) logger.info(relief)
      last = undefined
    },
  }
}
