import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type ClusterAccess, sharedControlPlane } from '../../../test/kubernetes/index.ts'
import type { ClusterConnection } from '../cluster.ts'
import { connectCluster } from '../connect.ts'
import { type Relay, startRelay } from './relay.ts'

/** The API server that all tests of a run share, as the operator sees it, and a namespace of the test's own. */
export interface TestCluster {
  access: ClusterAccess
  cluster: ClusterConnection
  namespace: string
  /** What the server warned about. */
  warnings: string[]
}

export async function testCluster(): Promise<TestCluster> {
  const access = await sharedControlPlane()
  const warnings: string[] = []
  const cluster = connectCluster({
    name: 'management',
    source: { kind: 'file', path: access.kubeconfig },
    onWarning: warning => warnings.push(warning),
  })
  const namespace = `test-${randomBytes(4).toString('hex')}`
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  await cluster.create(object, soon())
  return { access, cluster, namespace, warnings }
}

/** Nothing of a test takes longer. */
export const soon = (milliseconds = 20_000) => ({ signal: AbortSignal.timeout(milliseconds) })

/** The same API server, seen through a line that can be broken. */
export async function relayedCluster(access: ClusterAccess): Promise<RelayedCluster> {
  const port = new URL(access.url).port
  const relay = await startRelay(Number(port))
  const kubeconfig = readFileSync(access.kubeconfig, 'utf8')
  const text = kubeconfig.replace(`127.0.0.1:${port}`, `127.0.0.1:${relay.port}`)
  const cluster = connectCluster({ name: 'relayed', source: { kind: 'text', text } })
  return {
    cluster,
    relay,
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]()
      await relay[Symbol.asyncDispose]()
    },
  }
}

export interface RelayedCluster extends AsyncDisposable {
  cluster: ClusterConnection
  relay: Relay
}

export const configMap = (namespace: string, name: string, value: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { value },
})
