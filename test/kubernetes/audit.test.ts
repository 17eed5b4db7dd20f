import { expect, it } from 'vitest'
import { describeKubernetes, startControlPlane } from './index.ts'

describeKubernetes('the audit log', () => {
  it('tells what the users asked for that are of interest, and nothing of others', async () => {
    await using cluster = await startControlPlane({
      name: 'audit',
      controllers: 'none',
      audit: ['counted'],
    })
    const kubeconfig = await cluster.userKubeconfig({ user: 'counted', groups: ['system:masters'] })
    await cluster.kubectl(['create', 'configmap', 'a'])
    await cluster.kubectl(['create', 'configmap', 'b'], { kubeconfig })
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }
    const apply = ['apply', '--server-side', '--force-conflicts', '-f', '-']
    await cluster.kubectl(apply, { kubeconfig, input: [object] })
    await cluster.kubectl(['delete', 'configmap', 'a'], { kubeconfig })
    const seen = (await cluster.requests()).filter(({ resource }) => resource === 'configmaps')
    expect(seen.map(({ verb, name, code }) => [verb, name, code])).toEqual(
      expect.arrayContaining([
        ['create', 'b', 201],
        ['apply', 'c', 201],
        ['delete', 'a', 200],
      ]),
    )
    expect(seen.some(({ user }) => user !== 'counted')).toBe(false)
  })
})
