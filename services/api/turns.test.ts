import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { boundsOf, createTurns } from './turns.ts'

/** Half a core, of which 30 s are saved up at the beginning. */
function turns(atOnce = 2) {
  const at = { now: 0, cpu: 100 }
  const taken = createTurns({ cores: 0.5, atOnce, cpu: () => at.cpu, now: () => at.now })
  const begin = async () => {
    const turn = await taken.take()
    if ('retryAfterMs' in turn) throw new Error(`refused for ${turn.retryAfterMs} ms`)
    return turn
  }
  const work = async (ms: number) => {
    using _ = await begin()
    at.cpu += ms
  }
  return { at, taken, begin, work }
}

it('lets everybody in as long as what was saved up lasts', async () => {
  const { work } = turns()
  for (let seconds = 0; seconds < 30; seconds += 1) await work(1_000)
})

it('refuses when it would be long until there is CPU time again, and says how long', async () => {
  const { at, taken, work } = turns()
  await work(40_000)
  expect(await taken.take()).toEqual({ retryAfterMs: 20_000 })
  at.now = 14_000
  expect(await taken.take()).toEqual({ retryAfterMs: 6_000 })
  at.now = 20_000
  await work(1)
})

it('lets wait who would not have to for long', async () => {
  const { at, begin, work } = turns()
  await work(30_050)
  const waiting = begin()
  at.now = 100
  using _ = await waiting
})

it('counts no CPU time while nobody has a turn, as for refusals, which would keep everybody out for ever', async () => {
  const { at, taken, work } = turns()
  await work(40_000)
  at.cpu += 10_000
  expect(await taken.take()).toEqual({ retryAfterMs: 20_000 })
})

it('lets in no more at once than it may; the next one begins when one has ended', async () => {
  const { begin } = turns(1)
  const first = await begin()
  const began: string[] = []
  const next = ['second', 'third'].map(async name => {
    using _ = await begin()
    began.push(name)
  })
  await setImmediate()
  expect(began).toEqual([])
  first[Symbol.dispose]()
  await Promise.all(next)
  expect(began).toEqual(['second', 'third'])
})

it('refuses who has waited for long for others to end', async () => {
  const busy = createTurns({ cores: Number.POSITIVE_INFINITY, atOnce: 1 })
  const begun = performance.now()
  const turn = await busy.take()
  expect(turn).not.toHaveProperty('retryAfterMs')
  expect(await busy.take()).toEqual({ retryAfterMs: 1_000 })
  expect(performance.now() - begun).toBeGreaterThan(4_900)
})

it('counts CPU time of several at the same time once', async () => {
  const { at, taken, begin } = turns()
  const both = [await begin(), await begin()]
  at.cpu += 35_000
  for (const turn of both) turn[Symbol.dispose]()
  expect(await taken.take()).toEqual({ retryAfterMs: 10_000 })
})

it.each([
  { milliCpu: 50, want: { cores: 0.05, atOnce: 1, connections: 3 } },
  { milliCpu: 100, want: { cores: 0.1, atOnce: 1, connections: 3 } },
  { milliCpu: 300, want: { cores: 0.3, atOnce: 3, connections: 7 } },
  { milliCpu: 1000, want: { cores: 1, atOnce: 10, connections: 10 } },
  {
    milliCpu: undefined,
    want: { cores: Number.POSITIVE_INFINITY, atOnce: Number.POSITIVE_INFINITY, connections: 10 },
  },
])(
  '$milliCpu thousandths of a core are so many queries and statements at once',
  ({ milliCpu, want }) => {
    expect(boundsOf(milliCpu)).toEqual(want)
  },
)
