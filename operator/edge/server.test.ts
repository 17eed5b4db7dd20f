import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeKubernetes } from '../../test/kubernetes/index.ts'
import { digestOf, digestOwned } from '../cluster/digest.ts'
import { type KubernetesObject, nameOf, refOf } from '../cluster/object.ts'
import { soon, type TestCluster, testCluster } from '../cluster/testing/cluster.ts'
import { regionNamespace } from '../names.ts'
import { cases } from './cases.support.ts'
import { type EdgeInput, renderEdge } from './index.ts'

describeKubernetes('what is rendered for the edge, on an API server', () => {
  const name = `r-${randomBytes(4).toString('hex')}`
  const namespace = regionNamespace(name)
  let test: TestCluster

  beforeAll(async () => {
    test = await testCluster()
    const labels = Object.fromEntries(
      ['enforce', 'warn'].map(mode => [`pod-security.kubernetes.io/${mode}`, 'restricted']),
    )
    const metadata = { name: namespace, labels }
    await test.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata }, soon())
  })
  afterAll(async () => {
    await test.access.rest.call('DELETE', `/api/v1/namespaces/${namespace}`)
    await test.cluster[Symbol.asyncDispose]()
  })

  const objectsOf = ({ region, ...rest }: EdgeInput): KubernetesObject[] =>
    renderEdge({ ...rest, region: { ...region, metadata: { ...region.metadata, name } } })

  // In one namespace, one after the other, and back to the first: a Region can change its edge. Only a class cannot be
  // set on a Service that is a LoadBalancer already, Kubernetes refuses that.
  it.each([...cases, ...cases.slice(0, 1)])(
    '$name is accepted and stays as it was applied',
    async ({ input }) => {
      test.warnings.length = 0
      const objects = objectsOf(input)
      for (const object of objects) {
        const stored = await test.cluster.apply(object, soon())
        expect.soft(digestOwned(stored), nameOf(refOf(object))).toBe(digestOf(object))
      }
      for (const object of objects) {
        const stored = await test.cluster.get(refOf(object), soon())
        expect.soft(stored && digestOwned(stored), nameOf(refOf(object))).toBe(digestOf(object))
      }
      expect(test.warnings).toEqual([])
    },
  )

  it('makes pods that Pod Security lets in', async () => {
    for (const object of objectsOf(cases[0]?.input as EdgeInput))
      await test.cluster.apply(object, soon())
    const pods = `/api/v1/namespaces/${namespace}/pods`
    const count = async () => (await test.access.rest.call('GET', pods)).items.length
    await expect.poll(count, { timeout: 20_000 }).toBeGreaterThan(0)
  })
})
