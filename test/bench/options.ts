import { parseArgs } from 'node:util'

/** What `npm run bench:ingest` was asked to do. */
export interface Options {
  /** Measured seconds of each figure. */
  seconds: number
  /** Numbers of monitors to measure with. */
  monitors: number[]
}

export const HELP = `Usage: npm run bench:ingest -- [option ...]

Measures the way of reports into the database on this machine, with a PostgreSQL and Prosody of its own:
bare Prosody against the whole path, and the write path against COPY. Tables go to standard output.

  --seconds N      measured seconds of each figure, 1 to 600, default 10
  --monitors LIST  numbers of monitors, 1 to 100 each, default 1,8,50
  --help           print this
`

/** An option that cannot be used; its message is all that needs to be said. */
export class OptionError extends Error {}

/**
 * @returns 'help' when that is all that was asked.
 * @throws OptionError
 */
export function parseOptions(args: string[]): Options | 'help' {
  const values = parse(args)
  if (values.help) return 'help'
  return {
    seconds: integer('--seconds', values.seconds, 600),
    monitors: values.monitors.split(',').map(text => integer('--monitors', text, 100)),
  }
}

const spec = {
  seconds: { type: 'string', default: '10' },
  monitors: { type: 'string', default: '1,8,50' },
  help: { type: 'boolean', default: false },
} as const

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: spec, allowPositionals: false }).values
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)
    throw new OptionError(`cannot start: ${why}; see npm run bench:ingest -- --help`)
  }
}

function integer(name: string, text: string, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value
  throw new OptionError(`cannot read ${name} ${text}: write whole numbers from 1 to ${most}`)
}
