import { readKubeconfig } from '../../kubernetes/kubeconfig.ts'
import { restTo } from '../../kubernetes/rest.ts'
import { readCommandLine } from '../../support/command-line.ts'
import { enforce } from './enforce.ts'
import { COMMAND, type Options } from './options.ts'

/** The enforcer of a local cluster's network policies: see its --help. */
async function start({ kubeconfig, place }: Options): Promise<void> {
  const rest = restTo(readKubeconfig(kubeconfig))
  const tell = (line: string) => void process.stdout.write(`${line}\n`)
  // Whatever ends this process, the rules stay: a signal needs no answer.
  await enforce({ rest, place, tell, signal: new AbortController().signal })
}

const options = readCommandLine(COMMAND)
if (typeof options === 'number') process.exitCode = options
else await start(options)
