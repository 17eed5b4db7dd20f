import { runBareLoop } from './bare-loop.ts'
import { startBenchCluster } from './bench-cluster.ts'
import { runOperator } from './operator-run.ts'
import { HELP, OptionError, type Options, parseOptions } from './options.ts'
import { report } from './report.ts'

// npm run bench:operator; see docs/benchmarks.md

class StoppedError extends Error {}

const { promise: stopped, reject: stop } = Promise.withResolvers<never>()
stopped.catch(() => {}) // a signal while it starts counts when that is done
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => stop(new StoppedError('stopped before it was measured')))
}

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

/** One after the other, each on a cluster of its own: they would disturb each other. */
async function bench(options: Options): Promise<void> {
  const run = await measure('operator', cluster => runOperator(cluster, options, progress))
  const bare = await measure('bare-loop', cluster => {
    progress('applying the same objects in a bare loop')
    return runBareLoop(cluster, run.sample, options.tenants)
  })
  process.stdout.write(`${report(run, bare, options)}\n`)
}

async function measure<Seen>(
  name: string,
  work: (cluster: Awaited<ReturnType<typeof startBenchCluster>>) => Promise<Seen>,
): Promise<Seen> {
  progress(`starting a control plane for the ${name}`)
  await using cluster = await startBenchCluster(name)
  return await Promise.race([work(cluster), stopped])
}

function progress(line: string): void {
  process.stderr.write(`${line} ...\n`)
}
