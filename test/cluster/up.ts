import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { accessTo, type ClusterAccess } from '../kubernetes/access.ts'
import { findAssets } from '../kubernetes/assets.ts'
import { makeCgroups } from './cgroups.ts'
import { CLUSTERS, type ClusterPlan } from './clusters.ts'
import { makeNetwork } from './network.ts'
import { switchOn } from './node/machine.ts'
import {
  cniConfig,
  containerdConfig,
  kubeletConfig,
  NODE_PROGRAMS,
  type NodeInput,
  programs,
} from './node/programs.ts'
import { makePki } from './pki.ts'
import { placesOf } from './places.ts'
import { installRequirements } from './requirements.ts'

export const PAUSE_IMAGE = 'localhost/platen/pause:dev'

/** Both clusters, each with a node that is ready for pods. What is there already stays as it is. */
export async function startClusters(tell: (line: string) => void): Promise<ClusterAccess[]> {
  await installRequirements(tell)
  const paths = await findAssets(NODE_PROGRAMS, { tell })
  await makeNetwork()
  return await Promise.all(
    CLUSTERS.map(cluster => startCluster({ cluster, places: placesOf(cluster.name), paths }, tell)),
  )
}

async function startCluster(
  input: NodeInput,
  tell: (line: string) => void,
): Promise<ClusterAccess> {
  const { cluster, places } = input
  const begin = performance.now()
  await makePki(cluster, places.pki)
  writeConfigs(input)
  makeCgroups(cluster)
  const plan = { programs: programs(input), logs: places.logs, socket: places.socket }
  const switchedOn = Date.now()
  const wasOff = await switchOn(cluster, plan)
  const access = accessTo({ name: cluster.name, directory: places.pki })
  await until(
    `the API server of ${cluster.name} is ready`,
    async () => (await access.rest.text('/readyz')) === 'ok',
  )
  const since = wasOff ? switchedOn : 0
  await until(`the node of ${cluster.name} is ready`, () => isNodeReady(access, cluster, since))
  tell(
    `cluster ${cluster.name.padEnd(12)} ready   ${((performance.now() - begin) / 1000).toFixed(1)} s`,
  )
  return access
}

function writeConfigs(input: NodeInput): void {
  const { config } = input.places
  mkdirSync(config, { recursive: true, mode: 0o700 })
  const write = (name: string, text: string) => writeFileSync(join(config, name), text)
  write('containerd.toml', containerdConfig(input, PAUSE_IMAGE))
  write('kubelet.json', JSON.stringify(kubeletConfig(input), null, 2))
  write('10-platen.conflist', JSON.stringify(cniConfig(input), null, 2))
  write('resolv.conf', '# Nothing outside of the clusters is looked up.\n')
}

/** @param since milliseconds: what the cluster remembers from before the node was switched on does not count. */
async function isNodeReady(
  { rest }: ClusterAccess,
  { name }: ClusterPlan,
  since: number,
): Promise<boolean> {
  const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
  const { spec } = await rest.call('GET', `${leases}/${name}`)
  if (Date.parse(spec.renewTime) < since) return false
  const { status } = await rest.call('GET', `/api/v1/nodes/${name}`)
  return status.conditions.some(
    (one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True',
  )
}

const PATIENCE_MS = 120_000

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  let why = ''
  while (Date.now() < deadline) {
    const so = await isSo().catch(error => {
      why = ` (${error.message})`
      return false
    })
    if (so) return
    await sleep(200)
  }
  throw new Error(`cannot wait longer until ${what}${why}; see npm run cluster -- logs`)
}
