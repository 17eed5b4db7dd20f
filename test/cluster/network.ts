import { BRIDGE, CLUSTERS, type ClusterPlan } from './clusters.ts'
import { run, succeeds } from './run.ts'

/** The network namespace of a cluster's node. */
export const namespaceOf = ({ name }: Pick<ClusterPlan, 'name'>) => `platen-${name}`

/** This machine's end of the cable to a node. Names of interfaces have at most 15 characters. */
const cableOf = ({ name }: ClusterPlan) => `pl-${name}`

/** A bridge on this machine, and on it a network namespace for each node. Whatever is there already stays. */
export async function makeNetwork(): Promise<void> {
  const { name, address, prefix } = BRIDGE
  if (!(await succeeds('ip', ['link', 'show', name]))) {
    await run('ip', ['link', 'add', name, 'type', 'bridge'])
  }
  await run('ip', ['address', 'replace', `${address}/${prefix}`, 'dev', name])
  await run('ip', ['link', 'set', name, 'up'])
  for (const cluster of CLUSTERS) await plugIn(cluster)
}

async function plugIn(cluster: ClusterPlan): Promise<void> {
  const namespace = namespaceOf(cluster)
  const cable = cableOf(cluster)
  if (!(await succeeds('ip', ['netns', 'exec', namespace, 'true']))) {
    await succeeds('ip', ['netns', 'delete', namespace]) // half of one, left by a killed start
    await run('ip', ['netns', 'add', namespace])
  }
  const inside = ['-n', namespace]
  if (!(await succeeds('ip', [...inside, 'link', 'show', 'eth0']))) {
    await succeeds('ip', ['link', 'delete', cable])
    const peer = ['peer', 'name', 'eth0', 'netns', namespace]
    await run('ip', ['link', 'add', cable, 'type', 'veth', ...peer])
  }
  await run('ip', ['link', 'set', cable, 'master', BRIDGE.name, 'up'])
  await run('ip', [...inside, 'link', 'set', 'lo', 'up'])
  await run('ip', [...inside, 'link', 'set', 'eth0', 'up'])
  for (const address of [cluster.address, cluster.balancerAddress]) {
    const cidr = `${address}/${BRIDGE.prefix}`
    await run('ip', [...inside, 'address', 'replace', cidr, 'dev', 'eth0'])
  }
  await run('ip', [...inside, 'route', 'replace', 'default', 'via', BRIDGE.address])
  await setKernelSettings(namespace)
  await run('ip', ['netns', 'exec', namespace, 'nft', '-f', '-'], masquerade(cluster))
}

/** Pods are routed, and what one pod sends to another on the bridge is shown to the rules of network policies. */
async function setKernelSettings(namespace: string): Promise<void> {
  const settings = ['net.ipv4.ip_forward=1', 'net.bridge.bridge-nf-call-iptables=1']
  await run('nsenter', [`--net=/run/netns/${namespace}`, 'sysctl', '-q', '-w', ...settings])
}

/** Outside of the cluster nobody knows the pods' addresses. */
const masquerade = ({ podCidr, serviceCidr }: ClusterPlan) => `
table ip platen-masquerade
delete table ip platen-masquerade
table ip platen-masquerade {
  chain postrouting {
    type nat hook postrouting priority srcnat + 1
    ip saddr ${podCidr} ip daddr != { ${podCidr}, ${serviceCidr} } oifname "eth0" masquerade
  }
}
`

/** The cables and all rules go with the namespaces. */
export async function removeNetwork(): Promise<void> {
  for (const cluster of CLUSTERS) {
    await succeeds('ip', ['netns', 'delete', namespaceOf(cluster)])
    await succeeds('ip', ['link', 'delete', cableOf(cluster)])
  }
  await succeeds('ip', ['link', 'delete', BRIDGE.name])
}
