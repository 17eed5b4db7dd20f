import { parseArgs } from 'node:util'
import { CLUSTERS, type ClusterPlan } from './clusters.ts'
import type { Contexts } from './contexts/state.ts'

export const HELP = `usage: npm run cluster -- COMMAND

The whole platform on real Kubernetes: two clusters on this machine, each with a control plane, a node, DNS, storage, an
object store and network policies that are enforced; the operator, two Regions and three Tenants, with a monitor and
simulated printers at each customer's site. Needs Linux and root; everything else is installed or built when it is missing.

  up                         brings up what is not there yet, also after a crash, and shows the tenants
    --bare                   only the clusters
    --use-context A --use-context B
                             makes no clusters, but uses two that there are, by their contexts in the kubeconfig: A for the
                             operator and the first region, B for the second one; see below
      --registry PREFIX      where they pull the images from, as with npm run images -- --registry PREFIX --push
  down                       ends everything; nothing is left but what was built
  status                     what runs
  kubeconfig CLUSTER         path of the administrator's kubeconfig of a cluster
  logs CLUSTER [PROGRAM]     names of the logs of a node's programs, or the end of one

Clusters that there are (kind, k3s) need neither Linux nor root here. up checks and tells what they lack: Kubernetes 1.35, a
label topology.kubernetes.io/region on a node, a default StorageClass, the images. What it cannot check: whether something
enforces NetworkPolicies, and whether pods of A reach the API server and the nodes of B. down takes away what up put there,
the Regions and Tenants with their data. Until then all commands are about these clusters.

CLUSTER is ${CLUSTERS.map(({ name }) => name).join(' or ')}.

exit status: 0 done, 1 it failed, 2 the command is wrong
`

export type Command =
  | { name: 'help' | 'down' | 'status' }
  | { name: 'up'; isBare: boolean; contexts?: Contexts; registry?: string }
  | { name: 'kubeconfig'; cluster: ClusterPlan }
  | { name: 'logs'; cluster: ClusterPlan; program: string | undefined }

/** The command line is wrong; the message says how to write it. */
export class UsageError extends Error {}

/** @throws UsageError */
export function parseCommand(args: string[]): Command {
  const { values, positionals } = parse(args)
  const [name = 'help', ...words] = positionals
  if (values.help || name === 'help') return { name: 'help' }
  for (const option of ['bare', 'use-context', 'registry'] as const) {
    if (values[option] && name !== 'up') throw new UsageError(`--${option} is for up only`)
  }
  switch (name) {
    case 'up':
      return none(words, { name, ...upOf(values) })
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
    const options = {
      bare: { type: 'boolean' },
      'use-context': { type: 'string', multiple: true },
      registry: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    } as const
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : '')
  }
}

interface UpValues {
  bare?: boolean
  'use-context'?: string[]
  registry?: string
}

function upOf({ bare: isBare = false, 'use-context': names, registry }: UpValues) {
  if (!names) {
    if (registry !== undefined) throw new UsageError('--registry is for up with --use-context only')
    return { isBare }
  }
  const [first, second, ...more] = names
  if (!first || !second || more.length > 0 || first === second) {
    throw new UsageError('give two contexts: --use-context A --use-context B')
  }
  if (isBare)
    throw new UsageError('--bare makes clusters, --use-context makes none; give one of them')
  const contexts: Contexts = [first, second]
  return { isBare, contexts, ...(registry !== undefined && { registry: trimmed(registry) }) }
}

/** As npm run images takes it. */
const trimmed = (registry: string) => registry.replace(/\/+$/, '')

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
