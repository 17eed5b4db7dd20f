import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { describeKubernetes, sharedControlPlane } from '../test/kubernetes/index.ts'
import { connectCluster } from './cluster/connect.ts'
import { relayedCluster, soon } from './cluster/testing/cluster.ts'
import { type ClusterLink, openLink } from './cluster-link.ts'
import { systemClock } from './queue/clock.ts'
import type { Connected } from './reconcile/region/scope.ts'
import { RegionClusters } from './region-clusters.ts'
import type { Region } from './resources/region.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const NAMESPACE = 'region-clusters'

describeKubernetes('the clusters of the regions', () => {
  let here: string
  let away: string
  let management: ClusterLink
  let opened: { text: string; isOpen: boolean }[]
  let clusters: RegionClusters
  beforeAll(async () => {
    const [one, other] = await Promise.all([sharedControlPlane(), sharedControlPlane('regional')])
    here = readFileSync(one.kubeconfig, 'utf8')
    away = readFileSync(other.kubeconfig, 'utf8')
    management = link('management', here)
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }
    await management.cluster.apply(namespace, soon())
    opened = []
    clusters = new RegionClusters({ management, namespace: NAMESPACE, clock: systemClock, open })
  })
  afterAll(async () => {
    await clusters?.[Symbol.asyncDispose]()
    await management?.[Symbol.asyncDispose]()
  })

  function link(name: string, text: string): ClusterLink {
    return openLink({
      connection: connectCluster({ name, source: { kind: 'text', text } }),
      count: cluster => cluster,
      onChange() {},
      onReport() {},
      onUp() {},
    })
  }

  function open(region: string, text: string): ClusterLink {
    const real = link(region, text)
    const one = { text, isOpen: true }
    opened.push(one)
    return {
      ...real,
      async [Symbol.asyncDispose]() {
        one.isOpen = false
        await real[Symbol.asyncDispose]()
      },
    }
  }

  async function keep(name: string, kubeconfig: string): Promise<void> {
    const data = { kubeconfig: Buffer.from(kubeconfig).toString('base64') }
    const metadata = { name, namespace: NAMESPACE }
    await management.cluster.apply({ apiVersion: 'v1', kind: 'Secret', metadata, data }, soon())
  }

  function region(name: string, secret?: string, clusterId?: string): Region {
    const cluster = secret && { kubeconfigSecretRef: { name: secret } }
    return {
      metadata: { name },
      spec: { ...(cluster && { cluster }) },
      status: { ...(clusterId && { clusterId }) },
    } as Region
  }

  async function connected(of: Region): Promise<Connected> {
    return await vi.waitFor(
      async () => {
        const answer = await clusters.connect(of, soon().signal)
        if (answer.kind === 'syncing') throw new Error(answer.message)
        return answer
      },
      { timeout: 30_000, interval: 100 },
    )
  }

  const idOf = (answer: Connected) => ('clusterId' in answer ? answer.clusterId : answer.message)

  it('are told apart by the uid of kube-system, whatever address leads to them', async () => {
    await keep('fr', away)
    const id = idOf(await connected(region('fr', 'fr')))
    expect(id).toMatch(/^[-0-9a-f]{36}$/)
    await using line = await relayedCluster(await sharedControlPlane('regional'))
    await keep('fr', away.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${line.relay.port}`))
    expect(idOf(await connected(region('fr', 'fr', id)))).toBe(id)
    expect(opened.map(({ isOpen }) => isOpen)).toEqual([false, true])
    await keep('fr', away)
    await connected(region('fr', 'fr', id))
  })

  it('are not exchanged: another one is refused, nobody may conclude anything from it, and it is told what to do', async () => {
    await keep('fr', here)
    const id = '00000000-0000-4000-8000-000000000000'
    const answer = await connected(region('fr', 'fr', id))
    expect(answer).toMatchObject({
      kind: 'other',
      message: expect.stringContaining(
        'cannot go on with Region fr: the kubeconfig in Secret fr leads to another cluster',
      ),
    })
    await vi.waitFor(() => expect(clusters.linkOf('fr')?.isKnown()).toBe(true), 20_000)
    expect(clusters.runtimeOf('fr')?.isKnown()).toBe(false)
    expect([...clusters.targets()]).toEqual([])

    await keep('fr', away)
    const back = idOf(await connected(region('fr', 'fr')))
    expect(clusters.runtimeOf('fr')?.isKnown()).toBe(true)
    const since = clusters.runtimeOf('fr')?.since ?? 0
    clusters.doubt('fr')
    // Its tenants wait a while before they say that nobody knows anything.
    expect(clusters.runtimeOf('fr')?.since).toBeGreaterThan(since)
    expect(clusters.runtimeOf('fr')?.isKnown()).toBe(false)
    expect(idOf(await connected(region('fr', 'fr', back)))).toBe(back)
    expect(clusters.runtimeOf('fr')?.isKnown()).toBe(true)
  })

  it('are left when the Region is made again without one', async () => {
    await keep('fr', away)
    await connected(region('fr', 'fr'))
    await connected(region('fr'))
    expect(clusters.linkOf('fr')).toBe(management)
    expect(opened.map(({ isOpen }) => isOpen)).not.toContain(true)
  })
})

describeKubernetes('a link to a cluster', () => {
  it('tells what changes, but not what was there from the beginning, and keeps nothing of what nobody asks', async () => {
    const { kubeconfig } = await sharedControlPlane()
    const text = readFileSync(kubeconfig, 'utf8')
    const told: string[] = []
    const connection = connectCluster({ name: 'one', source: { kind: 'text', text } })
    const namespace = 'tenant-link'
    const owned = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
    await connection.create(owned, soon())
    const make = async (name: string) => {
      const labels = { 'app.kubernetes.io/part-of': 'platen', 'platen.dev/tenant': 'link' }
      const metadata = { name, namespace, labels }
      await connection.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata }, soon())
    }
    await make('link-before')
    await using link = openLink({
      connection,
      count: cluster => cluster,
      onChange: change => told.push(change.type === 'deleted' ? '' : change.after.ref.name),
      onReport() {},
      onUp() {},
    })
    await link.cache.whenSynced(soon().signal)
    expect(link.cache.ofTenant('link')).toHaveLength(1)
    await make('link-after')
    await vi.waitFor(() => expect(told).toContain('link-after'), 20_000)
    expect(told).not.toContain('link-before')

    const metadata = { name: 'link-written', namespace: 'default' }
    const unwatched = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata }
    await link.cluster.apply(unwatched, soon())
    expect(link.target.writes.size).toBe(0)
  })
})
