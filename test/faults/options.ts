import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'

export interface Options {
  /** How long reports flow while faults happen. Starting, draining and the proof come on top. */
  seconds: number
  /** Decides which fault happens when. */
  seed: number
}

export const HELP = `Usage: npm run test:faults -- [option ...]

Nothing lost, nothing doubled: several monitors send numbered reports to an ingest of their own while monitors, Prosody,
ingest and PostgreSQL are killed at random, connections are cut and disks fill up. Then everything drains, and what the
database holds is compared with what was reported.

  --seconds N   how long faults happen, 10 to 3600, default 180
  --seed N      repeats the choices of the run that printed this seed
  --help        print this
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
    seconds: integer('--seconds', values.seconds ?? '180', [10, 3600]),
    seed: integer('--seed', values.seed ?? String(randomInt(1, 2 ** 31)), [1, 2 ** 32 - 1]),
  }
}

const spec = {
  seconds: { type: 'string' },
  seed: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: spec, allowPositionals: false }).values
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)
    throw new OptionError(`cannot start: ${why}; see npm run test:faults -- --help`)
  }
}

function integer(name: string, text: string, [low, high]: [number, number]): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= low && value <= high) return value
  throw new OptionError(`cannot read ${name} ${text}: write a whole number from ${low} to ${high}`)
}
