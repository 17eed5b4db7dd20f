import { BRIDGE } from '../../cluster/clusters.ts'
import { run, succeeds } from '../../cluster/run.ts'

/** Further addresses of this machine, each another client to the edge: it bounds what one source may have. */
export interface Sources extends AsyncDisposable {
  addresses: string[]
}

/** On the bridge, above those of nodes and load balancers. */
const FIRST = 100

export async function addSources(count: number): Promise<Sources> {
  const network = BRIDGE.address.split('.').slice(0, 3).join('.')
  const addresses = Array.from({ length: count }, (_, index) => `${network}.${FIRST + index}`)
  for (const address of addresses) {
    await run('ip', ['address', 'replace', `${address}/32`, 'dev', BRIDGE.name])
  }
  return {
    addresses,
    async [Symbol.asyncDispose]() {
      for (const address of addresses) {
        await succeeds('ip', ['address', 'delete', `${address}/32`, 'dev', BRIDGE.name])
      }
    },
  }
}
