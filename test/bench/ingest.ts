import { compareRoundTrips } from './compare-round-trips.ts'
import { compareWrites } from './compare-writes.ts'
import { HELP, OptionError, type Options, parseOptions } from './options.ts'
import { startStack } from './stack.ts'
import { WRITERS } from './write-path.ts'

// npm run bench:ingest; see docs/benchmarks.md

class StoppedError extends Error {}

const { promise: stopped, reject: stop } = Promise.withResolvers<never>()
stopped.catch(() => {}) // a signal while it starts counts when that is done
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => stop(new StoppedError('stopped before it was measured')))
}

// What a signal has interrupted does not go on once the servers are stopped and their directory is gone.
process.exit(await main(process.argv.slice(2)))

async function main(args: string[]): Promise<number> {
  try {
    const options = parseOptions(args)
    if (options === 'help') process.stdout.write(HELP)
    else await bench(options)
    return 0
  } catch (error) {
    if (!(error instanceof OptionError || error instanceof StoppedError)) throw error
    process.stderr.write(`${error.message}\n`)
    return error instanceof OptionError ? 2 : 1
  }
}

async function bench({ seconds, monitors }: Options): Promise<void> {
  const most = Math.max(...monitors)
  progress('starting PostgreSQL and Prosody')
  await using stack = await startStack(Math.max(most, WRITERS))
  const measure = async () => {
    print(await compareWrites(stack, seconds, progress))
    print(await compareRoundTrips(stack, { seconds, monitors }, progress))
  }
  await Promise.race([measure(), stopped])
}

function progress(line: string): void {
  process.stderr.write(`${line} ...\n`)
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
