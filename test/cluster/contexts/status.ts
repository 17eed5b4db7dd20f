import { MANAGEMENT } from '../clusters.ts'
import { knownClusters } from './connect.ts'

/** Which clusters are in use, and how the Regions and Tenants are. */
export async function statusInContexts(
  contexts: string,
  say: (line: string) => void,
): Promise<void> {
  say(`in the contexts ${contexts}`)
  for (const { name, url, kubeconfig } of knownClusters()) {
    say(`${name}: ${url}`)
    say(`  kubeconfig ${kubeconfig}`)
  }
  const management = knownClusters().find(({ name }) => name === MANAGEMENT.name)
  if (management) say(await management.kubectl(['get', 'regions,tenants']))
}
