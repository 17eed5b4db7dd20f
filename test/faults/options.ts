import { randomInt } from 'node:crypto'
import { readCommandLine, wholeNumber } from '../support/command-line.ts'

export interface Options {
  /** How long reports flow while faults happen. Starting, draining and the proof come on top. */
  seconds: number
  /** Decides which fault happens when. */
  seed: number
}

const HELP = `Nothing lost, nothing doubled: several monitors send numbered reports to an ingest of their own while monitors, Prosody,
ingest and PostgreSQL are killed at random, connections are cut and disks fill up. Then everything drains, and what the
database holds is compared with what was reported.

  --seconds N   how long faults happen, 10 to 3600, default 180
  --seed N      repeats the choices of the run that printed this seed
  --help        print this
`

/** What was asked for, or the exit status where nothing is to be run. */
export function readOptions(): Options | number {
  return readCommandLine({
    name: 'npm run test:faults',
    help: HELP,
    defaults: { seconds: '180', seed: String(randomInt(1, 2 ** 31)) },
    read: ({ seconds, seed }) => ({
      seconds: wholeNumber('--seconds', seconds, [10, 3600]),
      seed: wholeNumber('--seed', seed, [1, 2 ** 32 - 1]),
    }),
  })
}
