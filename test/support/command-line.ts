import { parseArgs } from 'node:util'

/** A command of this project whose options are written `--NAME TEXT`. */
export interface Command<Name extends string, Options> {
  /** As one types it, e.g. `npm run bench:ingest`. */
  name: string
  /** What it does and what its options mean. */
  help: string
  /** By name of the option, what counts when it is not there. */
  defaults: Record<Name, string>
  /** @throws OptionError */
  read(texts: Record<Name, string>): Options
}

/** An option that cannot be used; its message is all that needs to be said. */
export class OptionError extends Error {}

/** What was asked for, or the exit status where nothing is to be run: 0 after help was printed, 2 after a refusal. */
export function readCommandLine<Name extends string, Options>(
  command: Command<Name, Options>,
): Options | number {
  try {
    const options = parseCommandLine(command, process.argv.slice(2))
    if (options !== 'help') return options
    process.stdout.write(helpOf(command))
    return 0
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 2
  }
}

/**
 * @returns 'help' when that is all that was asked.
 * @throws OptionError
 */
export function parseCommandLine<Name extends string, Options>(
  command: Command<Name, Options>,
  args: string[],
): Options | 'help' {
  const { help, ...texts } = parse(command, args)
  return help === undefined ? command.read({ ...command.defaults, ...texts }) : 'help'
}

function parse({ name, defaults }: Command<string, unknown>, args: string[]) {
  const texts = Object.keys(defaults).map(option => [option, { type: 'string' }] as const)
  const options = { ...Object.fromEntries(texts), help: { type: 'boolean', short: 'h' } } as const
  try {
    return parseArgs({ args, options, allowPositionals: false }).values
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)
    throw new OptionError(`cannot start: ${why}; see ${name} -- --help`)
  }
}

/** @throws OptionError */
export function wholeNumber(option: string, text: string, [low, high]: [number, number]): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= low && value <= high) return value
  throw new OptionError(
    `cannot read ${option} ${text}: write a whole number from ${low} to ${high}`,
  )
}

function helpOf({ name, help }: Command<string, unknown>): string {
  return `Usage: ${name} -- [option ...]\n\n${help}`
}
