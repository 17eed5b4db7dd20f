import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { accessTo, type ClusterAccess } from '../kubernetes/access.ts'
import { findAssets } from '../kubernetes/assets.ts'
import { NODE } from '../kubernetes/tools.ts'
import { makeCgroups, removeCgroups } from './cgroups.ts'
import { CLUSTERS, type ClusterPlan } from './clusters.ts'
import { makeNetwork } from './network.ts'
import { isOn, switchOn } from './node/machine.ts'
import {
  cniConfig,
  containerdConfig,
  kubeletConfig,
  type NodeInput,
  programs,
} from './node/programs.ts'
import { makePki } from './pki.ts'
import { placesOf } from './places.ts'
import { installRequirements } from './requirements.ts'
import { IMAGES } from './services/images.ts'
import { until } from './wait.ts'

/** Both clusters, each with a node that is ready for pods. What is there already stays as it is. */
export async function startClusters(tell: (line: string) => void): Promise<ClusterAccess[]> {
  await installRequirements(tell)
  const paths = await findAssets(NODE, { tell })
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
  // After a power cut those of its pods are still there, as on no machine that was off: the kubelet looks at each for seconds.
  if (!isOn(cluster)) removeCgroups(cluster)
  makeCgroups(cluster)
  const plan = { programs: programs(input), logs: places.logs, socket: places.socket }
  const switchedOn = Date.now()
  const wasOff = await switchOn(cluster, plan)
  const access = accessTo({ name: cluster.name, directory: places.pki })
  await until(`the API server of ${cluster.name} is ready`, async () => {
    const said = await access.rest.text('/readyz')
    return said === 'ok' ? undefined : said
  })
  const since = wasOff ? switchedOn : 0
  await until(`the node of ${cluster.name} is ready`, () => whyNodeNotReady(access, cluster, since))
  tell(
    `cluster ${cluster.name.padEnd(12)} ready   ${((performance.now() - begin) / 1000).toFixed(1)} s`,
  )
  return access
}

function writeConfigs(input: NodeInput): void {
  const { config } = input.places
  mkdirSync(config, { recursive: true, mode: 0o700 })
  const write = (name: string, text: string) => writeFileSync(join(config, name), text)
  write('containerd.toml', containerdConfig(input, IMAGES.busybox))
  write('kubelet.json', JSON.stringify(kubeletConfig(input), null, 2))
  write('10-platen.conflist', JSON.stringify(cniConfig(input), null, 2))
  write('resolv.conf', '# Nothing outside of the clusters is looked up.\n')
}

/** @param since milliseconds: what the cluster remembers from before the node was switched on does not count. */
async function whyNodeNotReady(
  { rest }: ClusterAccess,
  { name }: ClusterPlan,
  since: number,
): Promise<string | undefined> {
  const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
  const { spec } = await rest.call('GET', `${leases}/${name}`)
  if (Date.parse(spec.renewTime) < since) return 'its kubelet was not heard of yet'
  const { status } = await rest.call('GET', `/api/v1/nodes/${name}`)
  const ready = status.conditions.find(({ type }: { type: string }) => type === 'Ready')
  return ready?.status === 'True' ? undefined : (ready?.message ?? 'it says nothing of it')
}
