import { ADMIN } from '../kubernetes/access.ts'
import { CLUSTERS, type ClusterPlan, serverUrl } from './clusters.ts'
import { controlNode, isOn } from './node/machine.ts'
import type { ProgramState } from './node/program.ts'
import { kubeconfigOf } from './pki.ts'
import { placesOf } from './places.ts'

/** What runs of each cluster, and where it is reached. */
export async function showStatus(say: (line: string) => void): Promise<void> {
  for (const cluster of CLUSTERS) {
    if (!isOn(cluster)) {
      say(`${cluster.name}: off`)
      continue
    }
    say(`${cluster.name}: ${serverUrl(cluster)}, balancer ${cluster.balancerAddress}`)
    say(`  kubeconfig ${kubeconfigOf(placesOf(cluster.name).pki, ADMIN.user)}`)
    for (const state of await statesOf(cluster)) say(`  ${describe(state)}`)
  }
}

async function statesOf(cluster: ClusterPlan): Promise<ProgramState[]> {
  return await controlNode(cluster).programs()
}

export function describe({ name, pid, isWanted, restarts, ended }: ProgramState): string {
  const idle = isWanted ? 'starting' : 'stopped'
  const now = pid === undefined ? idle : 'running'
  const often = restarts > 0 ? `, ${restarts} restarts, the last after ${ended}` : ''
  return `${name.padEnd(24)} ${now}${often}`
}
