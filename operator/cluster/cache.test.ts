import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { describeKubernetes } from '../../test/kubernetes/index.ts'
import { type ClusterCache, startCache } from './cache.ts'
import { digestOf } from './digest.ts'
import { keyOf, refOf } from './object.ts'
import type { Observed } from './observed.ts'
import type { Change } from './store.ts'
import { configMap, soon, type TestCluster, testCluster } from './testing/cluster.ts'
import { deployment } from './testing/objects.ts'

describeKubernetes('the cache', () => {
  let test: TestCluster
  let cache: ClusterCache
  const changes: Change<Observed>[] = []
  beforeAll(async () => {
    test = await testCluster()
    cache = startCache({ cluster: test.cluster })
    cache.onChange(change => void changes.push(change))
    await cache.whenSynced(soon().signal)
  })
  beforeEach(() => void changes.splice(0))
  afterAll(async () => {
    await cache[Symbol.asyncDispose]()
    await test.cluster[Symbol.asyncDispose]()
  })

  const until = (condition: () => void) => vi.waitFor(condition, { timeout: 15_000, interval: 20 })

  function ours(name: string, labels: Record<string, string>, namespace = test.namespace) {
    const object = configMap(namespace, name, 'x')
    const partOf = { 'app.kubernetes.io/part-of': 'platen' }
    return { ...object, metadata: { ...object.metadata, labels: { ...partOf, ...labels } } }
  }

  async function namespaceOf(tenant: string): Promise<string> {
    const name = `tenant-${tenant}`
    await test.cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, soon())
    return name
  }

  it("knows what is labelled as a tenant's and as a region's, also when labels change", async () => {
    const [tenant, region] = [`t-${test.namespace}`, `r-${test.namespace}`]
    const namespace = await namespaceOf(tenant)
    const labels = { 'platen.dev/tenant': tenant, 'platen.dev/region': region }
    const object = ours('of', labels, namespace)
    const stored = await test.cluster.apply(object, soon())
    await until(() => expect(cache.ofTenant(tenant)).toHaveLength(1))
    expect(cache.ofTenant(tenant)[0]).toMatchObject({
      ref: refOf(object),
      uid: stored.metadata.uid,
      digest: digestOf(object),
      deleting: false,
    })
    expect(cache.ofRegion(region)).toEqual([])

    const edge = ours('of', { 'platen.dev/region': region }, namespace)
    await test.cluster.apply(edge, soon())
    await until(() => expect(cache.ofRegion(region)).toHaveLength(1))
    expect(cache.ofTenant(tenant)).toEqual([])
    await test.cluster.delete(refOf(object), stored.metadata.uid ?? '', soon())
    await until(() => expect(cache.ofRegion(region)).toEqual([]))
    expect(cache.get(refOf(object))).toBeUndefined()
    await test.access.kubectl(['delete', 'namespace', namespace, '--wait=false'])
  })

  it('knows the network policies of a tenant by their namespace, also those of others', async () => {
    const [tenant, other] = [`p-${test.namespace}`, `q-${test.namespace}`]
    const namespace = await namespaceOf(tenant)
    for (const labels of [{}, { 'platen.dev/tenant': other }]) {
      const metadata = { namespace, name: `open-${Object.keys(labels).length}`, labels }
      const spec = { podSelector: {}, egress: [{}] }
      const policy = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec }
      await test.access.kubectl(['create', '-f', '-'], { input: [policy] })
    }
    await until(() => expect(cache.ofTenant(tenant)).toHaveLength(2))
    expect(cache.ofTenant(tenant).map(({ facts }) => facts)).toEqual(
      Array(2).fill({ kind: 'policy', ours: false }),
    )
    expect(cache.ofTenant(other)).toEqual([])
    await test.access.kubectl(['delete', 'namespace', namespace, '--wait=false'])
  })

  it('says when it has seen a write of ours', async () => {
    const object = ours('seen', { 'platen.dev/region': 'x' })
    const { metadata } = await test.cluster.apply(object, soon())
    await until(() => expect(cache.seen(refOf(object), metadata.resourceVersion ?? '')).toBe(true))
    expect(cache.get(refOf(object))?.resourceVersion).toBe(metadata.resourceVersion)
    expect(cache.seen(refOf(object), `${metadata.resourceVersion}0`)).toBe(false)
  })

  it('tells of no change in which nothing that it keeps has changed', async () => {
    const object = ours('quiet', { 'platen.dev/region': 'x' })
    await test.cluster.apply(object, soon())
    await until(() => expect(cache.get(refOf(object))).toBeDefined())
    const annotate = (value: string) =>
      test.access.kubectl(['annotate', 'cm/quiet', '-n', test.namespace, '--overwrite', value])
    await annotate('theirs=1')
    await annotate('platen.dev/revision=1')
    await until(() =>
      expect(cache.get(refOf(object))?.annotations).toEqual({ 'platen.dev/revision': '1' }),
    )
    const key = keyOf(refOf(object))
    const told = changes.filter(c => keyOf((c.type === 'deleted' ? c.before : c.after).ref) === key)
    expect(told.map(({ type }) => type)).toEqual(['added', 'changed'])
  })

  it("sees what a Deployment's controller says of it", async () => {
    const labels = { 'app.kubernetes.io/part-of': 'platen', 'platen.dev/region': 'x' }
    const object = deployment({ name: 'facts', namespace: test.namespace, labels })
    await test.cluster.apply(object, soon())
    await until(() =>
      expect(cache.get(refOf(object))?.facts).toMatchObject({
        kind: 'workload',
        desired: 2,
        ready: 0,
        current: true,
      }),
    )
    expect(cache.get(refOf(object))?.digest).toBe(digestOf(object))
  })

  it('keeps nothing of a Secret but names and a hash', async () => {
    const object = {
      ...ours('kept', { 'platen.dev/region': 'x' }),
      kind: 'Secret',
      type: 'Opaque',
      data: { password: Buffer.from('correct horse').toString('base64') },
    }
    await test.cluster.apply(object, soon())
    await until(() => expect(cache.get(refOf(object))).toBeDefined())
    const kept = JSON.stringify(cache.get(refOf(object)))
    expect(kept).toContain('password')
    expect(kept).not.toContain(object.data.password)
    expect(kept).not.toContain('correct horse')
  })

  it('a second cache, as after a restart, finds everything in sync', async () => {
    const object = ours('restart', { 'platen.dev/region': 'x' })
    const { metadata } = await test.cluster.apply(object, soon())
    await using again = startCache({ cluster: test.cluster })
    await again.whenSynced(soon().signal)
    expect(again.get(refOf(object))).toMatchObject({
      digest: digestOf(object),
      resourceVersion: metadata.resourceVersion,
    })
  })
})
