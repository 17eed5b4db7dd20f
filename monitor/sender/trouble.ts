import type { Logger } from '@platen/telemetry'

/** Logs trouble that comes back at every attempt: once, and once more when it is over. */
export interface Trouble {
  tell(trouble: string): void
  over(relief: string): void
}

export function createTrouble(logger: Logger): Trouble {
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
