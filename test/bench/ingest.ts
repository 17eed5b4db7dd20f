import { compareRoundTrips } from './compare-round-trips.ts'
import { compareWrites } from './compare-writes.ts'
import { HELP, OptionError, type Options, parseOptions } from './options.ts'
import { startStack } from './stack.ts'
import { WRITERS } from './write-path.ts'

// npm run bench:ingest; see docs/benchmarks.md

process.exitCode = await main(process.argv.slice(2))

async function main(args: string[]): Promise<number> {
  try {
    const options = parseOptions(args)
    if (options === 'help') process.stdout.write(HELP)
    else await bench(options)
    return 0
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 2
  }
}

async function bench({ seconds, monitors }: Options): Promise<void> {
  const most = Math.max(...monitors)
  progress('starting PostgreSQL and Prosody')
  await using stack = await startStack(Math.max(most, WRITERS))
  print(await compareWrites(stack, seconds, progress))
  print(await compareRoundTrips(stack, { seconds, monitors }, progress))
}

function progress(line: string): void {
  process.stderr.write(`${line} ...\n`)
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
