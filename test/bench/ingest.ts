import { untilStopped } from '../support/until-stopped.ts'
import { compareRoundTrips } from './compare-round-trips.ts'
import { compareWrites } from './compare-writes.ts'
import { type Options, readOptions } from './options.ts'
import { startStack } from './stack.ts'
import { WRITERS } from './write-path.ts'

// npm run bench:ingest; see docs/benchmarks.md

const options = readOptions()
// What a signal has interrupted does not go on once the servers are stopped and their directory is gone.
process.exit(
  typeof options === 'number' ? options : await untilStopped(stopped => bench(options, stopped)),
)

async function bench({ seconds, monitors }: Options, stopped: Promise<never>): Promise<void> {
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
