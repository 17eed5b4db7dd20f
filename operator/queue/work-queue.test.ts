import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FakeClock, fakeClock, settled } from './fake-clock.support.ts'
import { EDITS_IN_A_ROW } from './lanes.ts'
import { type Work, WorkQueue, type WorkQueueOptions, type WorkResult } from './work-queue.ts'

/** A queue whose turns last until the test ends them. Keys look like `lane/name`. */
function startQueue(options: Partial<WorkQueueOptions> = {}) {
  const clock = fakeClock()
  const begun: (Work & { at: number })[] = []
  const running = new Map<string, (result: WorkResult) => void>()
  const problems: string[] = []
  const queue = new WorkQueue({
    clock,
    random: () => 1,
    concurrency: 2,
    laneOf: key => key.split('/')[0] ?? '',
    laneConcurrency: 2,
    rate: { burst: 1000, perSecond: 1000 },
    backoff: { first: 100, longest: 10_000 },
    work(work) {
      if (running.has(work.key)) problems.push(`${work.key} has two turns at once`)
      begun.push({ ...work, at: clock.now() })
      const { promise, resolve } = Promise.withResolvers<WorkResult>()
      running.set(work.key, resolve)
      return promise
    },
    ...options,
  })
  async function end(key: string, result: WorkResult = { kind: 'done' }) {
    const resolve = running.get(key)
    running.delete(key)
    resolve?.(result)
    await settled()
  }
  async function endAll(clockOf: FakeClock = clock) {
    for (let round = 0; round < 1000; round += 1) {
      await clockOf.advance(60_000)
      if (running.size === 0) return
      for (const key of running.keys()) await end(key)
    }
  }
  const keys = () => begun.map(({ key }) => key)
  return { queue, clock, begun, keys, running, problems, end, endAll }
}

describe('a key', () => {
  it('that is added many times before its turn has one turn', async () => {
    const { queue, keys } = startQueue()
    for (let times = 0; times < 5; times += 1) queue.add('de/acme', 'edit')
    queue.start()
    await settled()
    expect(keys()).toEqual(['de/acme'])
  })

  it('that is added during its turn has another one afterwards, and not before', async () => {
    const { queue, keys, end } = startQueue()
    queue.start()
    queue.add('de/acme', 'edit')
    await settled()
    queue.add('de/acme', 'resync')
    queue.add('de/acme', 'edit')
    await settled()
    expect(keys()).toEqual(['de/acme'])
    await end('de/acme')
    expect(keys()).toEqual(['de/acme', 'de/acme'])
    await end('de/acme')
    expect(keys()).toHaveLength(2)
  })

  it('that fails comes back after 100, 200, 400 ms, and after a success after 100 ms again', async () => {
    const { queue, clock, begun, end } = startQueue()
    queue.start()
    queue.add('de/acme', 'edit')
    for (const kind of ['failed', 'failed', 'failed', 'done', 'failed'] as const) {
      await clock.advance(5000)
      const before = clock.now()
      await end('de/acme', { kind })
      if (kind === 'done') queue.add('de/acme', 'edit')
      await clock.advance(5000)
      expect(begun.at(-1)?.at).toBeGreaterThanOrEqual(before)
    }
    const waits = begun.map(({ at, failures }) => ({ after: at % 5000, failures }))
    expect(waits).toEqual([
      { after: 0, failures: 0 },
      { after: 100, failures: 1 },
      { after: 200, failures: 2 },
      { after: 400, failures: 3 },
      { after: 0, failures: 0 },
      { after: 100, failures: 1 },
    ])
  })

  it('that fails and is edited has its turn at once: the edit may be the cure', async () => {
    const { queue, clock, begun, end } = startQueue({ backoff: { first: 60_000, longest: 60_000 } })
    queue.start()
    queue.add('de/acme', 'edit')
    await settled()
    await end('de/acme', { kind: 'failed' })
    queue.add('de/acme', 'edit')
    await clock.advance(1)
    expect(begun.map(({ at }) => at)).toEqual([0, 0])
  })

  it.each([
    { again: 'resync' as const, want: 800, why: 'it may come of the turn itself' },
    { again: 'edit' as const, want: 100, why: 'the edit may be the cure' },
  ])(
    'that fails the fourth time and was added meanwhile ($again) waits $want ms: $why',
    async ({ again, want }) => {
      const { queue, clock, begun, end } = startQueue()
      queue.start()
      queue.add('de/acme', 'edit')
      for (let failures = 0; failures < 3; failures += 1) {
        await clock.advance(5_000)
        await end('de/acme', { kind: 'failed' })
      }
      await clock.advance(5_000)
      queue.add('de/acme', again)
      const before = clock.now()
      await end('de/acme', { kind: 'failed' })
      await clock.advance(5_000)
      expect(begun.at(-1)).toMatchObject({ at: before + want, priority: again, failures: 4 })
    },
  )

  it('that has succeeded and is added again starts with no failures', async () => {
    const { queue, clock, begun, end } = startQueue()
    queue.start()
    queue.add('de/acme', 'edit')
    await settled()
    await end('de/acme', { kind: 'failed' })
    await clock.advance(100)
    await end('de/acme')
    await clock.advance(100_000)
    queue.add('de/acme', 'edit')
    await settled()
    expect(begun.map(({ failures }) => failures)).toEqual([0, 1, 0])
  })

  it('whose work throws counts as failed, and the queue goes on', async () => {
    let turns = 0
    const { queue, clock } = startQueue({
      work() {
        turns += 1
        if (turns < 3) throw new Error('a bug')
        return Promise.resolve({ kind: 'done' })
      },
    })
    queue.start()
    queue.add('de/acme', 'edit')
    await clock.advance(1000)
    expect(turns).toBe(3)
  })
})

describe('a delay', () => {
  it('that is the shortest of several holds', async () => {
    const { queue, clock, begun } = startQueue()
    queue.start()
    for (const delay of [500, 100, 300]) queue.addAfter('de/acme', delay, 'resync')
    await clock.advance(1000)
    expect(begun.map(({ at }) => at)).toEqual([100])
  })

  it('is taken off by a turn that comes before it', async () => {
    const { queue, clock, begun, end } = startQueue()
    queue.start()
    queue.addAfter('de/acme', 500, 'resync')
    queue.add('de/acme', 'edit')
    await settled()
    await end('de/acme')
    await clock.advance(1000)
    expect(begun).toHaveLength(1)
  })
})

describe('turns', () => {
  it('go to edits before resyncs, and to a resync after so many edits', async () => {
    const { queue, keys, endAll } = startQueue({ concurrency: 1 })
    queue.add('de/resync', 'resync')
    for (let index = 0; index < 20; index += 1) queue.add(`de/edit-${index}`, 'edit')
    queue.start()
    await endAll()
    expect(keys().indexOf('de/resync')).toBe(EDITS_IN_A_ROW)
    expect(keys()).toHaveLength(21)
  })

  it('go at once to a waiting resync that somebody edits', async () => {
    const { queue, keys, endAll } = startQueue({ concurrency: 1 })
    for (const name of ['a', 'b', 'c']) queue.add(`de/${name}`, 'resync')
    queue.add('de/c', 'edit')
    queue.start()
    await endAll()
    expect(keys()).toEqual(['de/c', 'de/a', 'de/b'])
  })

  it('of a lane that hangs do not take those of the others', async () => {
    const { queue, keys, end } = startQueue({ concurrency: 3, laneConcurrency: 2 })
    for (let index = 0; index < 10; index += 1) queue.add(`dead/${index}`, 'edit')
    queue.add('de/acme', 'resync')
    queue.start()
    await settled()
    expect(keys()).toEqual(['dead/0', 'dead/1', 'de/acme'])
    await end('de/acme')
    queue.add('de/globex', 'resync')
    await settled()
    expect(keys().at(-1)).toBe('de/globex')
  })

  it('are found at once however many lanes hang, as soon as it is known that they do', async () => {
    const { queue, clock, begun, end } = startQueue({ concurrency: 4, laneConcurrency: 3 })
    const lanes = Array.from({ length: 40 }, (_, index) => `dead-${index}`)
    for (const lane of lanes) for (let n = 0; n < 5; n += 1) queue.add(`${lane}/${n}`, 'edit')
    queue.start()
    await clock.advance(600_000)
    const ofLanes = lanes.map(lane => begun.filter(({ key }) => key.startsWith(`${lane}/`)).length)
    expect(ofLanes).toEqual(lanes.map(() => 3))
    for (const lane of lanes) await end(`${lane}/0`, { kind: 'failed' })
    await clock.advance(1)
    for (const name of ['acme', 'globex']) queue.add(`de/${name}`, 'resync')
    await settled()
    expect(begun.slice(-2)).toMatchObject([
      { key: 'de/acme', waitedMs: 0 },
      { key: 'de/globex', waitedMs: 0 },
    ])
  })

  it('keep to the rate', async () => {
    const { queue, clock, begun } = startQueue({
      concurrency: 100,
      laneConcurrency: 100,
      rate: { burst: 3, perSecond: 10 },
    })
    queue.start()
    for (let index = 0; index < 6; index += 1) queue.add(`de/${index}`, 'edit')
    await clock.advance(1000)
    expect(begun.map(({ at }) => at)).toEqual([0, 0, 0, 100, 200, 300])
  })

  it('end before the queue has stopped, and none begins after', async () => {
    const { queue, clock, keys, end } = startQueue({ concurrency: 1 })
    queue.start()
    queue.add('de/acme', 'edit')
    queue.add('de/globex', 'edit')
    queue.addAfter('de/initech', 10, 'edit')
    await settled()
    let hasStopped = false
    const stopping = queue.stop().then(() => {
      hasStopped = true
    })
    await clock.advance(1000)
    expect(hasStopped).toBe(false)
    await end('de/acme', { kind: 'failed' })
    await stopping
    queue.add('de/umbrella', 'edit')
    await clock.advance(100_000)
    expect(keys()).toEqual(['de/acme'])
  })
})

const KEYS = ['de/a', 'de/b', 'fr/c', 'fr/d', 'fr/e']
const step = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    key: fc.constantFrom(...KEYS),
    priority: fc.constantFrom('edit' as const, 'resync' as const),
    delay: fc.constantFrom(0, 0, 10, 500),
  }),
  fc.record({
    do: fc.constant('end' as const),
    key: fc.constantFrom(...KEYS),
    result: fc.constantFrom<WorkResult>(
      { kind: 'done' },
      { kind: 'done', afterMs: 50 },
      { kind: 'failed' },
    ),
  }),
  fc.record({ do: fc.constant('advance' as const), by: fc.nat(1000) }),
)

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never
type Test = ReturnType<typeof startQueue>

async function make(test: Test, now: Step): Promise<void> {
  if (now.do === 'add') test.queue.addAfter(now.key, now.delay, now.priority)
  else if (now.do === 'end') await test.end(now.key, now.result)
  else await test.clock.advance(now.by)
}

function tooMany({ running, begun, clock }: Test): string[] {
  const lanes = Object.values(Object.groupBy(running.keys(), key => key.slice(0, 2)))
  const latest = new Map(begun.map(({ key, at }) => [key, at]))
  const busy = [...running.keys()].filter(key => clock.now() - (latest.get(key) ?? 0) < 3_000)
  const isOver = busy.length > 3 || lanes.some(lane => (lane?.length ?? 0) > 2)
  return isOver ? ['too many turns at once'] : []
}

it('whatever happens: one turn at a time a key, lanes keep to their room, and what is added has a turn', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
      const test = startQueue({ concurrency: 3, laneConcurrency: 2 })
      const { queue, begun, problems } = test
      const asked = new Map<string, number>()
      queue.start()
      for (const now of steps) {
        if (now.do === 'add') asked.set(now.key, begun.length)
        await make(test, now)
        problems.push(...tooMany(test))
      }
      await test.endAll()
      const without = [...asked].filter(
        ([key, since]) => !begun.slice(since).some(work => work.key === key),
      )
      expect({ problems, without }).toEqual({ problems: [], without: [] })
      expect(queue.depth()).toEqual({ edit: 0, resync: 0 })
    }),
    { numRuns: 300 },
  )
})
