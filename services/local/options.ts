import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

/** What `npm start` was asked to do. */
export interface Options {
  /** Where the printers are: simulated, recorded, or real ones in networks (CIDR). */
  source: Source
  port: number
  communities: string[]
  /** Undefined: the default directory of the source. */
  data?: string
  json: boolean
  exitWhenReady: boolean
}

export type Source =
  | { kind: 'simulated'; printers: number }
  | { kind: 'recordings'; directory: string; printers: number }
  | { kind: 'network'; networks: string[] }

export const HELP = `Usage: npm start -- [option ...]

Runs Platen for one tenant on this machine: PostgreSQL, Prosody, ingest, API and one monitor,
with simulated printers unless others are named.

  --network CIDR      read the real printers of this network, e.g. 192.168.1.0/24 (repeatable)
  --community NAME    SNMP community to read with, default public (repeatable)
  --recordings DIR    serve every walk.snmprec below DIR as a printer of its own
  --printers N        size of the simulated fleet, 1 to 5000, default 24
  --port N            port of the GraphQL API on 127.0.0.1, default 4000
  --data DIR          where data is kept, default /var/lib/platen (root) or ~/.local/share/platen
  --json              print one line of JSON on standard output when every printer is in GraphQL
                      (npm start --silent keeps npm itself quiet)
  --exit-when-ready   stop everything then; the exit status tells whether it worked
  --help              print this
`

/** An option that cannot be used; its message is all that needs to be said. */
export class OptionError extends Error {}

/**
 * Reads the command line; relative paths are relative to `from`, the directory where the user typed it.
 * @returns 'help' when that is all that was asked.
 * @throws OptionError
 */
export function parseOptions(args: string[], from: string): Options | 'help' {
  const values = parse(args)
  if (values.help) return 'help'
  const options: Options = {
    source: sourceOf(values, from),
    port: integer('--port', values.port ?? '4000', [0, 65_535]),
    communities: values.community ?? ['public'],
    json: values.json ?? false,
    exitWhenReady: values['exit-when-ready'] ?? false,
  }
  if (values.data !== undefined) options.data = resolve(from, values.data)
  return options
}

const spec = {
  network: { type: 'string', multiple: true },
  community: { type: 'string', multiple: true },
  recordings: { type: 'string' },
  printers: { type: 'string' },
  port: { type: 'string' },
  data: { type: 'string' },
  json: { type: 'boolean' },
  'exit-when-ready': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

type Values = ReturnType<typeof parseArgs<{ options: typeof spec }>>['values']

function parse(args: string[]): Values {
  try {
    return parseArgs({ args, options: spec, allowPositionals: false }).values
  } catch (error) {
    const why = error instanceof Error ? error.message.split(/\.\s/)[0] : String(error)
    throw new OptionError(
      `cannot start: ${why}; write npm start -- OPTIONS, see npm start -- --help`,
    )
  }
}

function sourceOf(values: Values, from: string): Source {
  if (values.network) {
    const other = ['recordings', 'printers'].find(name => name in values)
    if (other) {
      throw new OptionError(
        `cannot start: --${other} simulates printers and --network reads real ones; choose one`,
      )
    }
    return {
      kind: 'network',
      networks: values.network.flatMap(list => list.split(',')).map(network),
    }
  }
  if (values.community) {
    throw new OptionError('cannot start: --community is for real printers; name their --network')
  }
  if (values.recordings !== undefined) {
    const printers =
      values.printers === undefined ? 0 : integer('--printers', values.printers, [0, 5000])
    return { kind: 'recordings', directory: resolve(from, values.recordings), printers }
  }
  return { kind: 'simulated', printers: integer('--printers', values.printers ?? '24', [1, 5000]) }
}

function network(text: string): string {
  const [address = '', prefix = ''] = text.split('/')
  const octets = address.split('.')
  const isAddress =
    octets.length === 4 && octets.every(octet => /^\d{1,3}$/.test(octet) && Number(octet) < 256)
  if (!isAddress || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32) {
    throw new OptionError(
      `cannot read --network ${text}: write an IPv4 network such as 192.168.1.0/24`,
    )
  }
  if (Number(prefix) < 16) {
    throw new OptionError(
      `cannot sweep --network ${text}: it has more than 65,536 addresses; name smaller networks`,
    )
  }
  return text
}

function integer(name: string, text: string, [low, high]: [number, number]): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= low && value <= high) return value
  throw new OptionError(`cannot read ${name} ${text}: write a whole number from ${low} to ${high}`)
}
