import { rmSync } from 'node:fs'
import { removeCgroups, removeLoadCgroups } from './cgroups.ts'
import { CLUSTERS } from './clusters.ts'
import { removeNetwork } from './network.ts'
import { cutPower } from './node/machine.ts'
import { HOME } from './places.ts'

/** Ends both clusters with all that they hold; nothing of them is left on this machine. */
export async function stopClusters(): Promise<void> {
  await Promise.all(CLUSTERS.map(cutPower))
  for (const cluster of CLUSTERS) removeCgroups(cluster)
  removeLoadCgroups()
  await removeNetwork()
  rmSync(HOME, { recursive: true, force: true })
}
