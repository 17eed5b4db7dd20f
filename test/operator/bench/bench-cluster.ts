import { type ControlPlane, startControlPlane } from '../../kubernetes/index.ts'
import { NODE, PLACE, storageClass } from './objects.ts'

/** Whose requests are counted. */
export const USER = 'bench-operator'

/** The operator, and the bare loop that it is compared with, each have one of these. */
export interface BenchCluster extends AsyncDisposable {
  plane: ControlPlane
  /** Of the user whose requests are counted. */
  kubeconfig: string
}

/** An empty cluster with the CRDs, one node and a StorageClass; no controller makes pods. */
export async function startBenchCluster(name: string): Promise<BenchCluster> {
  const plane = await startControlPlane({ name, controllers: 'basic', audit: [USER] })
  try {
    await plane.installCrds('crds')
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE, labels: PLACE } }
    await plane.kubectl(['create', '-f', '-'], { input: [node, storageClass] })
    await plane.kubectl(['create', 'namespace', 'platen-system'])
    const kubeconfig = await plane.userKubeconfig({ user: USER, groups: ['system:masters'] })
    return { plane, kubeconfig, [Symbol.asyncDispose]: () => plane.stop() }
  } catch (error) {
    await plane.stop()
    throw error
  }
}
