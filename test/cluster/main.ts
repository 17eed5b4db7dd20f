import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { tailOf } from '@platen/local'
import { ADMIN, type ClusterAccess } from '../kubernetes/access.ts'
import { alone } from './alone.ts'
import { CLUSTERS, type ClusterPlan } from './clusters.ts'
import { isOfContexts, runInContexts } from './contexts/index.ts'
import { stopClusters } from './down.ts'
import { makeImages } from './images/index.ts'
import { type Command, HELP, parseCommand, UsageError } from './options.ts'
import { kubeconfigOf } from './pki.ts'
import { LOCK, placesOf } from './places.ts'
import { demonstrate } from './platform/demonstration.ts'
import { REGIONS, STORAGE_CLASS } from './platform/places.ts'
import { RELEASE } from './platform/resources.ts'
import { LOCAL } from './platform/setting.ts'
import { requireRoot } from './requirements.ts'
import { serviceImages } from './services/images.ts'
import { installServices } from './services/install.ts'
import { storeHost } from './services/store-keys.ts'
import { showStatus } from './status.ts'
import { startClusters } from './up.ts'

/** `npm run cluster`: see HELP. */
const say = (line: string) => void process.stdout.write(`${line}\n`)

async function run(command: Command): Promise<void> {
  switch (command.name) {
    case 'help':
      return say(HELP.trimEnd())
    case 'up':
      requireRoot()
      return await alone(LOCK, () => bringUp(command.isBare))
    case 'down':
      requireRoot()
      return await alone(LOCK, stopClusters)
    case 'status':
      return await showStatus(say)
    case 'kubeconfig':
      return say(
        existing(command.cluster, kubeconfigOf(placesOf(command.cluster.name).pki, ADMIN.user)),
      )
    case 'logs':
      return showLog(command.cluster, command.program)
  }
}

async function bringUp(isBare: boolean): Promise<void> {
  const { registry, version: tag } = RELEASE
  const images = isBare ? '' : await makeImages({ registry, tag }, say)
  const clusters = await startClusters(say)
  if (isBare) return
  const services = {
    images: [...(await serviceImages(say)), images],
    domains: [
      ...REGIONS.map(({ domain, cluster }) => ({ domain, address: cluster.balancerAddress })),
      ...CLUSTERS.map(cluster => ({ domain: storeHost(cluster), address: cluster.address })),
    ],
    storageClass: STORAGE_CLASS,
  }
  const areReplaced = await Promise.all(
    CLUSTERS.map((plan, index) =>
      installServices(plan, clusters[index] as ClusterAccess, services),
    ),
  )
  say(await demonstrate({ clusters, release: RELEASE, setting: LOCAL, tell: say }))
  if (areReplaced.includes(true)) say(REPLACED)
}

/** Their names are the same, so that nothing starts anew because of them. */
const REPLACED =
  'the images are new, and what ran before still runs the old ones: npm run cluster -- down, and up again, starts all anew'

const LINES = 200

function showLog(cluster: ClusterPlan, program: string | undefined): void {
  const { logs } = placesOf(cluster.name)
  if (program) {
    say(tailOf(existing(cluster, join(logs, `${program}.log`)), LINES))
    return
  }
  const names = readdirSync(existing(cluster, logs)).filter(name => name.endsWith('.log'))
  for (const name of names) say(name.slice(0, -'.log'.length))
}

function existing(cluster: ClusterPlan, path: string): string {
  if (existsSync(path)) return path
  throw new Error(`cannot find ${path}: ${cluster.name} has none; run npm run cluster -- up`)
}

try {
  const command = parseCommand(process.argv.slice(2))
  await (isOfContexts(command) ? runInContexts(command, say) : run(command))
  process.exit(0) // connections to API servers would keep it
} catch (error) {
  const isUsage = error instanceof UsageError
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(isUsage ? `cannot start: ${message}; see --help\n` : `${message}\n`)
  process.exit(isUsage ? 2 : 1)
}
