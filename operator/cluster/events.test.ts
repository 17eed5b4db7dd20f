import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { describeKubernetes } from '../../test/kubernetes/index.ts'
import { createEvents } from './events.ts'
import { refOf } from './object.ts'
import { configMap, soon, type TestCluster, testCluster } from './testing/cluster.ts'

const EVENT = { apiVersion: 'events.k8s.io/v1', kind: 'Event' }
const WHO = { reportingController: 'platen.dev/operator', instance: 'operator-0' }

describeKubernetes('events', () => {
  let test: TestCluster
  beforeAll(async () => {
    test = await testCluster()
  })
  afterAll(() => test.cluster[Symbol.asyncDispose]())

  async function target(name: string) {
    const object = configMap(test.namespace, name, 'x')
    const { metadata } = await test.cluster.apply(object, soon())
    return { ...refOf(object), uid: metadata.uid ?? '' }
  }

  async function eventsOf(name: string) {
    const options = { ...soon(), namespace: test.namespace }
    const all = await Array.fromAsync(test.cluster.list(EVENT, options))
    return all.filter(({ regarding }) => (regarding as { name: string }).name === name)
  }

  const until = (condition: () => Promise<void>) => vi.waitFor(condition, { timeout: 10_000 })
  const failed = { type: 'Warning', reason: 'Failed', action: 'Apply', note: 'It failed.' } as const

  it('shows in kubectl describe, once however often it is said', async () => {
    let now = new Date()
    await using events = createEvents(test.cluster, { ...WHO, now: () => now })
    const regarding = await target('folded')
    for (let n = 0; n < 5; n++) events.emit(regarding, failed)
    await until(async () => expect(await eventsOf('folded')).toHaveLength(1))
    const described = await test.access.kubectl(['describe', 'cm/folded', '-n', test.namespace])
    expect(described).toMatch(/Warning\s+Failed\s.*It failed\./)

    now = new Date(now.getTime() + 11 * 60_000)
    events.emit(regarding, failed)
    await until(async () =>
      expect(await eventsOf('folded')).toMatchObject([
        { series: { count: 6 }, note: 'It failed.' },
      ]),
    )
    expect(events.dropped).toBe(0)
  })

  it('a storm about one object is cut, and takes nothing from another', async () => {
    await using events = createEvents(test.cluster, WHO)
    const [storm, calm] = [await target('storm'), await target('calm')]
    for (let n = 0; n < 50; n++) events.emit(storm, { ...failed, note: `Attempt ${n} failed.` })
    events.emit(calm, failed)
    await until(async () => expect(await eventsOf('calm')).toHaveLength(1))
    expect(await eventsOf('storm')).toHaveLength(10)
    expect(events.dropped).toBe(40)
  })

  it('an event about what has no namespace stands in default', async () => {
    await using events = createEvents(test.cluster, WHO)
    const name = `cluster-scoped-${test.namespace}`
    events.emit({ apiVersion: 'v1', kind: 'Node', name, uid: name }, failed)
    await until(async () => {
      const all = await Array.fromAsync(
        test.cluster.list(EVENT, { ...soon(), namespace: 'default' }),
      )
      expect(
        all.filter(({ regarding }) => (regarding as { name: string }).name === name),
      ).toHaveLength(1)
    })
  })

  it('an API server that refuses costs nothing but the event', async () => {
    const cluster = {
      create: () => Promise.reject(new Error('refused')),
      replace: () => Promise.reject(new Error('refused')),
    }
    const events = createEvents(cluster, WHO)
    events.emit({ apiVersion: 'v1', kind: 'Node', name: 'x', uid: 'x' }, failed)
    await vi.waitFor(() => expect(events.dropped).toBe(1))
    await events[Symbol.asyncDispose]()
  })
})
