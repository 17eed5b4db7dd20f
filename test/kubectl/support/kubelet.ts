import { once } from 'node:events'
import { createServer } from 'node:https'
import { serverCertificate } from '../../kubernetes/certificates.ts'
import { portOf } from './port.ts'
import type { Stage } from './stage.ts'

/** Simulated: a node whose kubelet has logs, and nothing else. */
export interface Kubelet extends AsyncDisposable {
  node: string
}

/** @param logs by `NAMESPACE/POD/CONTAINER` */
export async function startKubelet(stage: Stage, logs: Record<string, string>): Promise<Kubelet> {
  const { certificate, key } = await serverCertificate(stage.plane.directory, ['localhost'])
  const server = createServer({ cert: certificate, key }, (incoming, outgoing) => {
    const path = new URL(incoming.url ?? '', 'https://x').pathname.replace('/containerLogs/', '')
    outgoing.end(logs[path] ?? '')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const node = 'node-with-logs'
  await stage.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: node } })
  await stage.setStatus(`/api/v1/nodes/${node}`, {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: portOf(server) } },
  })
  return {
    node,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
