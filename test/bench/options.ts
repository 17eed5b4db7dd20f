import { readCommandLine, wholeNumber } from '../support/command-line.ts'

/** What `npm run bench:ingest` was asked to do. */
export interface Options {
  /** Measured seconds of each figure. */
  seconds: number
  /** Numbers of monitors to measure with. */
  monitors: number[]
}

const HELP = `Measures the way of reports into the database on this machine, with a PostgreSQL and Prosody of its own:
bare Prosody against the whole path, and the write path against COPY. Tables go to standard output.

  --seconds N      measured seconds of each figure, 1 to 600, default 10
  --monitors LIST  numbers of monitors, 1 to 100 each, default 1,8,50
  --help           print this
`

/** What was asked for, or the exit status where nothing is to be run. */
export function readOptions(): Options | number {
  return readCommandLine({
    name: 'npm run bench:ingest',
    help: HELP,
    defaults: { seconds: '10', monitors: '1,8,50' },
    read: ({ seconds, monitors }) => ({
      seconds: wholeNumber('--seconds', seconds, [1, 600]),
      monitors: monitors.split(',').map(text => wholeNumber('--monitors', text, [1, 100])),
    }),
  })
}
