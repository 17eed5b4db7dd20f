import { readCommandLine, wholeNumber } from '../../support/command-line.ts'

/** What `npm run bench:operator` was asked to do. */
export interface Options {
  tenants: number
  /** Seconds in which nothing is to be written. */
  steady: number
  /** How many edits, and how many repairs, are timed. */
  edits: number
}

const HELP = `Lets the operator make tenants on a real API server, with controllers that only say that workloads are ready, and
applies the same objects in a bare loop on an equal one. Tables go to standard output.

  --tenants N   1 to 20000, default 1000
  --steady N    seconds in which nothing is to be written, 1 to 3600, default 120
  --edits N     edits, and edits by hand, that are timed, 1 to 1000, default 200
  --help        print this
`

/** What was asked for, or the exit status where nothing is to be run. */
export function readOptions(): Options | number {
  return readCommandLine({
    name: 'npm run bench:operator',
    help: HELP,
    defaults: { tenants: '1000', steady: '120', edits: '200' },
    read: ({ tenants, steady, edits }) => ({
      tenants: wholeNumber('--tenants', tenants, [1, 20_000]),
      steady: wholeNumber('--steady', steady, [1, 3_600]),
      edits: wholeNumber('--edits', edits, [1, 1_000]),
    }),
  })
}
