import { randomBytes } from 'node:crypto'
import { type ClusterAccess, sharedControlPlane } from '../../../test/kubernetes/index.ts'
import type { ClusterConnection } from '../cluster.ts'
import { connectCluster } from '../connect.ts'

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
