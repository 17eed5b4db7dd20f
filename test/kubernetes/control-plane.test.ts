import { beforeAll, expect, it } from 'vitest'
import { type ClusterAccess, describeKubernetes, sharedControlPlane } from './index.ts'

describeKubernetes('a shared control plane', () => {
  let cluster: ClusterAccess
  beforeAll(async () => {
    cluster = await sharedControlPlane()
  })

  it('finishes the deletion of a namespace', async () => {
    await cluster.kubectl(['create', 'namespace', 'shared-deletion'])
    await cluster.kubectl(['create', 'configmap', 'content', '--namespace=shared-deletion'])
    await cluster.kubectl(['delete', 'namespace', 'shared-deletion', '--timeout=25s'])
    await expect(cluster.kubectl(['get', 'namespace', 'shared-deletion'])).rejects.toThrow(
      /cannot run kubectl get namespace shared-deletion: .*not found/,
    )
  })
})
