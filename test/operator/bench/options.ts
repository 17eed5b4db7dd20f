import { parseArgs } from 'node:util'

/** What `npm run bench:operator` was asked to do. */
export interface Options {
  tenants: number
  /** Seconds in which nothing is to be written. */
  steady: number
  /** How many edits, and how many repairs, are timed. */
  edits: number
}

export const HELP = `Usage: npm run bench:operator -- [option ...]

Lets the operator make tenants on a real API server, with controllers that only say that workloads are ready, and
applies the same objects in a bare loop on an equal one. Tables go to standard output.

  --tenants N   1 to 20000, default 1000
  --steady N    seconds in which nothing is to be written, 1 to 3600, default 120
  --edits N     edits, and edits by hand, that are timed, 1 to 1000, default 200
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
    tenants: integer('--tenants', values.tenants, 20_000),
    steady: integer('--steady', values.steady, 3_600),
    edits: integer('--edits', values.edits, 1_000),
  }
}

const spec = {
  tenants: { type: 'string', default: '1000' },
  steady: { type: 'string', default: '120' },
  edits: { type: 'string', default: '200' },
  help: { type: 'boolean', default: false },
} as const

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: spec, allowPositionals: false }).values
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)
    throw new OptionError(`cannot start: ${why}; see npm run bench:operator -- --help`)
  }
}

function integer(name: string, text: string, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value
  throw new OptionError(`cannot read ${name} ${text}: write whole numbers from 1 to ${most}`)
}
