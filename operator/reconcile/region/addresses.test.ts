import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeKubernetes, sharedControlPlane } from '../../../test/kubernetes/index.ts'
import { connectCluster } from '../../cluster/connect.ts'
import { soon } from '../../cluster/testing/cluster.ts'
import { type ClusterLink, openLink } from '../../cluster-link.ts'
import { addresses, addressesRef } from './addresses.ts'
import type { SeenAddresses } from './runtime.ts'
import type { PlacedScope } from './scope.ts'

const HOUR = 3_600_000
/** Nobody answers for it: https://www.rfc-editor.org/rfc/rfc6761#section-6.4 */
const GONE = 'store.invalid'

describeKubernetes('the addresses that policies let through', () => {
  let link: ClusterLink
  let namespace: string
  let writes: string[]
  beforeAll(async () => {
    const { kubeconfig } = await sharedControlPlane()
    const text = readFileSync(kubeconfig, 'utf8')
    link = openLink({
      connection: connectCluster({ name: 'management', source: { kind: 'text', text } }),
      count: cluster => ({
        ...cluster,
        async apply(object, options) {
          writes.push(object.kind)
          return await cluster.apply(object, options)
        },
      }),
      onChange() {},
      onReport() {},
      onUp() {},
    })
    await link.cache.whenSynced(soon().signal)
  })
  afterAll(() => link?.[Symbol.asyncDispose]())
  beforeEach(async () => {
    writes = []
    namespace = `addresses-${randomBytes(4).toString('hex')}`
    const metadata = { name: namespace }
    await link.connection.apply({ apiVersion: 'v1', kind: 'Namespace', metadata }, soon())
  })

  /** What an operator finds that started with `seen`, so many hours later. */
  async function found(host: string, seen: SeenAddresses = new Map(), hours = 0) {
    const s = {
      region: { spec: { backup: { endpoint: `https://${host}` } } },
      target: link.target,
      runtime: { seenAddresses: seen },
      namespace,
      labels: { 'app.kubernetes.io/part-of': 'platen' },
      now: new Date(hours * HOUR),
      next: {},
      ...soon(),
    } as unknown as PlacedScope
    await addresses(s)
    return { ref: addressesRef(s), ...s.next.addresses }
  }

  async function put(name: string, text: string): Promise<void> {
    const { ref } = await found('localhost')
    const { apiVersion, kind, name: own } = ref
    const object = { apiVersion, kind, metadata: { name: own, namespace }, data: { [name]: text } }
    await link.connection.apply(object, soon())
    writes = []
  }

  it('outlive the operator, and are not written again', async () => {
    const first = await found('localhost')
    expect(first.hosts?.localhost).toContain('127.0.0.1')
    writes = []
    expect(await found('localhost')).toEqual(first)
    expect(writes).toEqual([])
  })

  it('stay when nobody answers, for however long, and also for an operator that starts anew', async () => {
    await put(GONE, '192.0.2.1')
    const seen: SeenAddresses = new Map()
    for (const hours of [0, 25, 1_000]) {
      expect((await found(GONE, seen, hours)).hosts).toEqual({ [GONE]: ['192.0.2.1'] })
    }
  })

  it('of an API server that is restarted, and has taken its own away meanwhile, stay', async () => {
    await put('kubernetes.default.svc', '192.0.2.7 6443')
    expect((await found('localhost')).apiServer).toContainEqual({ ip: '192.0.2.7', port: 6443 })
  })

  it('are joined by what the name has now, and go a day after it had them last', async () => {
    await put('localhost', '127.0.0.1\n192.0.2.1')
    const seen: SeenAddresses = new Map()
    const at = async (hours: number) => (await found('localhost', seen, hours)).hosts?.localhost
    expect(await at(0)).toContain('192.0.2.1')
    expect(await at(23)).toContain('192.0.2.1')
    expect(await at(25)).not.toContain('192.0.2.1')
    expect(await at(25)).toContain('127.0.0.1')
  })

  it('of a host that the Region no longer names are let through no longer', async () => {
    await put('elsewhere.example', '192.0.2.1')
    const seen: SeenAddresses = new Map()
    expect(Object.keys((await found('localhost', seen)).hosts ?? {})).toEqual(['localhost'])
    expect([...seen.keys()]).not.toContain('elsewhere.example')
  })
})
