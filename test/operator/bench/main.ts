import { untilStopped } from '../../support/until-stopped.ts'
import { runBareLoop } from './bare-loop.ts'
import { startBenchCluster } from './bench-cluster.ts'
import { runOperator } from './operator-run.ts'
import { type Options, readOptions } from './options.ts'
import { report } from './report.ts'

// npm run bench:operator; see docs/benchmarks.md

const options = readOptions()
process.exit(
  typeof options === 'number' ? options : await untilStopped(stopped => bench(options, stopped)),
)

/** One after the other, each on a cluster of its own: they would disturb each other. */
async function bench(options: Options, stopped: Promise<never>): Promise<void> {
  const run = await measure('operator', cluster =>
    Promise.race([runOperator(cluster, options, progress), stopped]),
  )
  const bare = await measure('bare-loop', cluster => {
    progress('applying the same objects in a bare loop')
    return Promise.race([runBareLoop(cluster, run.sample, options.tenants), stopped])
  })
  process.stdout.write(`${report(run, bare, options)}\n`)
}

async function measure<Seen>(
  name: string,
  work: (cluster: Awaited<ReturnType<typeof startBenchCluster>>) => Promise<Seen>,
): Promise<Seen> {
  progress(`starting a control plane for the ${name}`)
  await using cluster = await startBenchCluster(name)
  return await work(cluster)
}

function progress(line: string): void {
  process.stderr.write(`${line} ...\n`)
}
