import { DEVICES } from '../../bench/reports.ts'
import { readCommandLine, wholeNumber } from '../../support/command-line.ts'

/** What `npm run bench:sizing` was asked to do. */
export interface Options {
  /** Of 40 devices each. */
  monitors: number
  /** Of each of the two measurements: nobody reports, and all devices do. */
  minutes: number
  /** Reports from which the size of one in the database is found. */
  backlog: number
}

const HELP = `Measures on the platform of npm run cluster what a tenant takes: CPU and memory of each part, while nobody reports and while
devices do, and what a report takes in the database. The table goes to standard output.

It is the most that monitors with their default settings send: each device has changed each time that it is read, every 300 s.
Monitors have 40 devices each, and report about themselves every minute.

  --devices N  40 to 20000, default 1000; as many monitors as they need
  --minutes N  of each measurement, 2 to 120, default 10
  --backlog N  reports that are sent at last, to see what one takes on disk, 1000 to 1000000, default 50000
  --help       print this
`

/** What was asked for, or the exit status where nothing is to be run. */
export function readOptions(): Options | number {
  return readCommandLine({
    name: 'npm run bench:sizing',
    help: HELP,
    defaults: { devices: '1000', minutes: '10', backlog: '50000' },
    read: ({ devices, minutes, backlog }) => ({
      monitors: Math.ceil(wholeNumber('--devices', devices, [DEVICES, 20_000]) / DEVICES),
      minutes: wholeNumber('--minutes', minutes, [2, 120]),
      backlog: wholeNumber('--backlog', backlog, [1_000, 1_000_000]),
    }),
  })
}
