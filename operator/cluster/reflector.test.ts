import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { describeKubernetes } from '../../test/kubernetes/index.ts'
import type { ClusterConnection } from './cluster.ts'
import { ApiError } from './errors.ts'
import type { KubernetesObject } from './object.ts'
import { type ReflectorReport, type ReflectorTiming, startReflector } from './reflector.ts'
import {
  configMap,
  relayedCluster,
  soon,
  type TestCluster,
  testCluster,
} from './testing/cluster.ts'

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' }
const SELECTOR = 'watched=yes'

describeKubernetes('a reflector', () => {
  let test: TestCluster
  beforeAll(async () => {
    test = await testCluster()
  })
  afterAll(() => test.cluster[Symbol.asyncDispose]())

  /** Watches the config maps of a test's own label value; what it said is kept as text. */
  function start(label: string, options: Options = {}) {
    const said: string[] = []
    const reports: ReflectorReport[] = []
    const reflector = startReflector({
      cluster: options.cluster ?? test.cluster,
      kind: CONFIG_MAP,
      namespace: test.namespace,
      labelSelector: `${SELECTOR},of=${label}`,
      keep: ({ metadata, data }: KubernetesObject) =>
        `${metadata.name}=${(data as { value: string }).value}`,
      onChange: change =>
        said.push(`${change.type} ${change.type === 'deleted' ? change.before : change.after}`),
      onReport: report => reports.push(report),
      timing: { firstBackoffMs: 20, maxBackoffMs: 200, ...options.timing },
    })
    const count = (type: ReflectorReport['type']) => reports.filter(r => r.type === type).length
    return {
      reflector,
      said,
      reports,
      count,
      [Symbol.asyncDispose]: () => reflector[Symbol.asyncDispose](),
    }
  }

  interface Options {
    cluster?: ClusterConnection
    timing?: Partial<ReflectorTiming>
  }

  async function put(label: string, name: string, value: string) {
    const object = configMap(test.namespace, `${label}-${name}`, value)
    const labels = { watched: 'yes', of: label }
    return await test.cluster.apply({ ...object, metadata: { ...object.metadata, labels } }, soon())
  }

  async function remove({ metadata: { name, namespace = '', uid = '' } }: KubernetesObject) {
    await test.cluster.delete({ ...CONFIG_MAP, name, namespace }, uid, soon())
  }

  const until = (condition: () => void) => vi.waitFor(condition, { timeout: 15_000, interval: 20 })

  it('tells what is there, and every change of it', async () => {
    await put('plain', 'a', '1')
    await using it = start('plain')
    expect(it.reflector.synced).toBe(false)
    await until(() => expect(it.reflector.synced).toBe(true))
    const a = await put('plain', 'a', '2')
    const b = await put('plain', 'b', '1')
    await remove(a)
    const want = ['added plain-a=1', 'changed plain-a=2', 'added plain-b=1', 'deleted plain-a=2']
    await until(() => expect(it.said).toEqual(want))
    expect([...it.reflector.values()]).toEqual(['plain-b=1'])
    expect(it.reflector.get('plain-b', test.namespace)).toBe('plain-b=1')
    expect(Number(it.reflector.resourceVersion)).toBeGreaterThanOrEqual(
      Number(b.metadata.resourceVersion),
    )
  })

  it('pages through a long list, of which no page outlives its turn', async () => {
    const pages = vi.fn(test.cluster.pages)
    await Promise.all(Array.from({ length: 3 }, (_, n) => put('many', `${n}`, '1')))
    await using it = start('many', { cluster: { ...test.cluster, pages } })
    await until(() => expect(it.said).toHaveLength(3))
  })

  it('goes on without a list when the server ends the stream', async () => {
    await using it = start('ended', { timing: { watchMs: 1000 } })
    await until(() => expect(it.reflector.synced).toBe(true))
    const since = performance.now()
    for (let n = 0; performance.now() - since < 4000; n++) {
      await put('ended', 'a', `${n}`)
      await until(() => expect(it.said.at(-1)).toMatch(`ended-a=${n}`))
    }
    expect(it.count('listed')).toBe(1)
  })

  it('finds a stream that was cut, and tells what happened meanwhile', async () => {
    await using line = await relayedCluster(test.access)
    await using it = start('cut', { cluster: line.cluster })
    const a = await put('cut', 'a', '1')
    await until(() => expect(it.said).toEqual(['added cut-a=1']))
    line.relay.setOpen(false)
    line.relay.cut()
    await remove(a)
    await put('cut', 'b', '1')
    // Without a longest pause the next try would come after a minute and a half.
    await until(() => expect(it.count('failed')).toBeGreaterThan(12))
    expect(it.reflector.trouble).toMatchObject({ kind: CONFIG_MAP })
    // One line in the log is enough for all of them.
    expect(it.reports.filter(report => 'isNew' in report && report.isNew)).toHaveLength(1)
    line.relay.setOpen(true)
    const want = ['added cut-b=1', 'deleted cut-a=1'] // either order: a list shows both at once
    await until(() => expect(it.said.slice(1).sort()).toEqual(want))
    await until(() => expect(it.reflector.trouble).toBeUndefined())
  })

  it('finds a stream that died without a word', async () => {
    await using line = await relayedCluster(test.access)
    await using it = start('silent', { cluster: line.cluster, timing: { silenceMs: 2000 } })
    await until(() => expect(it.reflector.synced).toBe(true))
    await put('silent', 'a', '1')
    await until(() => expect(it.said).toEqual(['added silent-a=1']))
    line.relay.swallow()
    await put('silent', 'a', '2')
    await until(() => expect(it.said.at(-1)).toBe('changed silent-a=2'))
    expect(it.reports).toContainEqual(
      expect.objectContaining({ error: expect.objectContaining({ reason: 'Timeout' }) }),
    )
    expect(it.count('listed')).toBe(1)
  })

  it('lists again when its resource version is too old, and so learns of deletions too', async () => {
    const a = await put('gone', 'a', '1')
    const tooOld = new ApiError('too old', { code: 410, reason: 'Expired' })
    let refusals = 0
    const fake: ClusterConnection = {
      ...test.cluster,
      async *watch(kind, options) {
        if (++refusals > 1) yield* test.cluster.watch(kind, options)
        await remove(a)
        await put('gone', 'b', '1')
        throw tooOld
      },
    }
    await using it = start('gone', { cluster: fake })
    const want = ['added gone-a=1', 'added gone-b=1', 'deleted gone-a=1']
    await until(() => expect(it.said.toSorted()).toEqual(want))
    await until(() =>
      expect(it.reports).toMatchObject([
        { type: 'listed', changes: 1 },
        { type: 'failed', error: tooOld },
        { type: 'listed', changes: 2 },
        { type: 'recovered' },
      ]),
    )
  })

  it('counts events that never came, and makes up for them', async () => {
    let isDeaf = false
    // A watch that lives, and tells nothing.
    const cluster: ClusterConnection = {
      ...test.cluster,
      async *watch(kind, options) {
        for await (const event of test.cluster.watch(kind, options)) if (!isDeaf) yield event
      },
    }
    const a = await put('missed', 'a', '1')
    await put('missed', 'b', '1')
    await using it = start('missed', { cluster, timing: { auditMs: 300, auditGraceMs: 300 } })
    await until(() => expect(it.said).toHaveLength(2))
    await put('missed', 'b', '2')
    await until(() => expect(it.said).toHaveLength(3))
    isDeaf = true
    await remove(a)
    await put('missed', 'b', '3')
    await put('missed', 'c', '1')
    await until(() => expect(it.said).toHaveLength(6))
    const missed = it.reports.filter(report => report.type === 'missed')
    expect(missed.reduce((sum, { events }) => sum + events, 0)).toBe(3)
  })

  it('a comparison with a list does not count what came and went after it', async () => {
    let held: PromiseWithResolvers<void> | undefined
    let isListed = false
    // Events that come late, and lists of which one knows what was in them.
    const cluster: ClusterConnection = {
      ...test.cluster,
      async *watch(kind, options) {
        for await (const event of test.cluster.watch(kind, options)) {
          await held?.promise
          yield event
        }
      },
      async *pages(kind, options) {
        for await (const page of test.cluster.pages(kind, options)) {
          yield page
          isListed ||= page.items.some(({ metadata }) => metadata.name === 'passing-b')
        }
      },
    }
    await using it = start('passing', { cluster, timing: { auditMs: 100, auditGraceMs: 2000 } })
    await put('passing', 'a', '1')
    await until(() => expect(it.said).toEqual(['added passing-a=1']))
    held = Promise.withResolvers()
    const b = await put('passing', 'b', '1')
    await until(() => expect(isListed).toBe(true))
    await remove(b)
    held.resolve()
    await until(() =>
      expect(it.said.slice(1)).toEqual(['added passing-b=1', 'deleted passing-b=1']),
    )
    await setTimeout(3000) // a comparison's grace, and longer
    expect(it.count('missed')).toBe(0)
  })

  it('a comparison with a list finds nothing while events come', async () => {
    await using it = start('busy', { timing: { auditMs: 50, auditGraceMs: 300 } })
    await until(() => expect(it.reflector.synced).toBe(true))
    const since = performance.now()
    for (let n = 0; performance.now() - since < 3000; n++) {
      const object = await put('busy', `${n % 5}`, `${n}`)
      if (n % 3 === 0) await remove(object)
    }
    expect(it.count('missed')).toBe(0)
  })

  it('waits without noise for a kind that is not served yet', async () => {
    const group = `${test.namespace}.platen.dev`
    const kind = { apiVersion: `${group}/v1`, kind: 'Late' }
    const reports: ReflectorReport[] = []
    await using reflector = startReflector({
      cluster: test.cluster,
      kind,
      keep: ({ metadata }) => metadata.name,
      onReport: report => reports.push(report),
      timing: { absentMs: 200 },
    })
    await until(() => expect(reflector.synced).toBe(true))
    expect(reports).toEqual([])
  })

  it('notices a kind that is installed later, and follows it', async () => {
    const group = `${test.namespace}.later.platen.dev`
    const kind = { apiVersion: `${group}/v1`, kind: 'Later' }
    const reports: ReflectorReport[] = []
    await using reflector = startReflector({
      cluster: test.cluster,
      kind,
      keep: ({ metadata }) => metadata.name,
      onReport: report => reports.push(report),
      timing: { absentMs: 200 },
    })
    await until(() => expect(reflector.synced).toBe(true))
    await test.cluster.apply(definition(group), soon())
    const metadata = { name: 'first', namespace: test.namespace }
    const installed = { timeout: 40_000, interval: 100 }
    await vi.waitFor(() => test.cluster.apply({ ...kind, metadata }, soon()), installed)
    await vi.waitFor(() => expect([...reflector.values()]).toEqual(['first']), installed)
    expect(reports.map(({ type }) => type)).toEqual(['listed', 'appeared'])
  })

  it('stops when it is told to, also amid a stream', async () => {
    const it = start('stop')
    await until(() => expect(it.reflector.synced).toBe(true))
    await it.reflector[Symbol.asyncDispose]()
    await put('stop', 'a', '1')
    expect(it.said).toEqual([])
    expect(it.count('failed')).toBe(0)
  })
})

/** Of the kind Later. */
function definition(group: string): KubernetesObject {
  const schema = { openAPIV3Schema: { type: 'object' } }
  const version = { name: 'v1', served: true, storage: true, schema }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `laters.${group}` },
    spec: {
      group,
      names: { kind: 'Later', plural: 'laters', singular: 'later', listKind: 'LaterList' },
      scope: 'Namespaced',
      versions: [version],
    },
  }
}
