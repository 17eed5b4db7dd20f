import { parseArgs } from 'node:util'
import { CLUSTERS, type ClusterPlan } from './clusters.ts'

export const HELP = `usage: npm run cluster -- COMMAND

The whole platform on real Kubernetes: two clusters on this machine, each with a control plane, a node, DNS, storage, an
object store and network policies that are enforced; the operator, two Regions and three Tenants, with a monitor and
simulated printers at each customer's site. Needs Linux and root; everything else is installed or built when it is missing.

  up                         brings up what is not there yet, also after a crash, and shows the tenants
    --bare                   only the clusters
  down                       ends everything; nothing is left but what was built
  status                     what runs
  kubeconfig CLUSTER         path of the administrator's kubeconfig of a cluster
  logs CLUSTER [PROGRAM]     names of the logs of a node's programs, or the end of one

CLUSTER is ${CLUSTERS.map(({ name }) => name).join(' or ')}.

exit status: 0 done, 1 it failed, 2 the command is wrong
`

export type Command =
  | { name: 'help' | 'down' | 'status' }
  | { name: 'up'; isBare: boolean }
  | { name: 'kubeconfig'; cluster: ClusterPlan }
  | { name: 'logs'; cluster: ClusterPlan; program: string | undefined }

/** The command line is wrong; the message says how to write it. */
export class UsageError extends Error {}

/** @throws UsageError */
export function parseCommand(args: string[]): Command {
  const { values, positionals } = parse(args)
  const [name = 'help', ...words] = positionals
  if (values.help || name === 'help') return { name: 'help' }
  if (values.bare && name !== 'up') throw new UsageError('--bare is for up only')
  switch (name) {
    case 'up':
      return none(words, { name, isBare: values.bare ?? false })
    case 'down':
    case 'status':
      return none(words, { name })
    case 'kubeconfig':
      return none(words.slice(1), { name, cluster: clusterOf(words[0]) })
    case 'logs':
      return none(words.slice(2), { name, cluster: clusterOf(words[0]), program: words[1] })
    default:
      throw new UsageError(`"${name}" is no command; give up, down, status, kubeconfig or logs`)
  }
}

function parse(args: string[]) {
  try {
    const options = { bare: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : '')
  }
}

function none(rest: string[], command: Command): Command {
  if (rest.length === 0) return command
  throw new UsageError(`"${rest[0]}" means nothing here`)
}

function clusterOf(name: string | undefined): ClusterPlan {
  const found = CLUSTERS.find(cluster => cluster.name === name)
  if (found) return found
  const names = CLUSTERS.map(cluster => cluster.name).join(' or ')
  throw new UsageError(name ? `"${name}" is no cluster; give ${names}` : `name a cluster: ${names}`)
}
