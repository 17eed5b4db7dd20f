import { expect, it } from 'vitest'
import { createGroupCommit, Unavailable } from './group-commit.ts'

interface Delivery {
  name: string
  load: { reports: number; bytes: number }
}

function delivery(name: string, load: Partial<Delivery['load']> = {}): Delivery {
  return { name, load: { reports: 1, bytes: 1, ...load } }
}

/** A store whose commits end when the test says so. */
function controlledStore() {
  const commits: string[][] = []
  const ends: PromiseWithResolvers<void>[] = []
  const attempts: unknown[] = []
  let probes = 0
  const lane = createGroupCommit<Delivery, string>({
    async commit(group) {
      commits.push(group.map(one => one.name))
      const end = Promise.withResolvers<void>()
      ends.push(end)
      await end.promise
      return group.map(one => `stored ${one.name}`)
    },
    async probe() {
      probes += 1
    },
    group: { reports: 3, bytes: 100 },
    backoff: { first: 1, longest: 1 },
    onAttempt: error => attempts.push(error),
  })
  return { lane, commits, ends, attempts, probes: () => probes }
}

it('commits at once when idle, and gathers what arrives meanwhile into the next commit', async () => {
  const { lane, commits, ends } = controlledStore()
  const first = lane.submit(delivery('a'))
  await expect.poll(() => commits).toEqual([['a']])
  const second = lane.submit(delivery('b'))
  const third = lane.submit(delivery('c'))
  ends[0]?.resolve()
  expect(await first).toBe('stored a')
  await expect.poll(() => commits).toEqual([['a'], ['b', 'c']])
  ends[1]?.resolve()
  expect(await Promise.all([second, third])).toEqual(['stored b', 'stored c'])
})

it('takes what arrives in one go into one commit', async () => {
  const { lane, commits } = controlledStore()
  void lane.submit(delivery('a'))
  void lane.submit(delivery('b'))
  await expect.poll(() => commits).toEqual([['a', 'b']])
})

it.each([
  { why: 'reports', load: { reports: 2 }, groups: [['a', 'b'], ['c']] },
  { why: 'bytes', load: { bytes: 60 }, groups: [['a', 'b'], ['c']] },
  {
    why: 'more than a group in one delivery, which stays whole',
    load: { reports: 500 },
    groups: [['a'], ['b'], ['c']],
  },
])('bounds a group: $why', async ({ load, groups }) => {
  const { lane, commits, ends } = controlledStore()
  const results = ['a', 'b', 'c'].map(name => lane.submit(delivery(name, load)))
  for (const index of groups.keys()) {
    await expect.poll(() => ends.length).toBe(index + 1)
    ends[index]?.resolve()
  }
  expect(await Promise.all(results)).toEqual(['stored a', 'stored b', 'stored c'])
  expect(commits).toEqual(groups)
})

it('tells everyone of a failed commit to come again, and goes on with those after it', async () => {
  const { lane, ends, attempts } = controlledStore()
  const first = lane.submit(delivery('a'))
  await expect.poll(() => ends.length).toBe(1)
  const second = lane.submit(delivery('b'))
  ends[0]?.reject(new Error('down'))
  await expect(first).rejects.toBeInstanceOf(Unavailable)
  await expect.poll(() => ends.length).toBe(2)
  ends[1]?.resolve()
  expect(await second).toBe('stored b')
  await expect.poll(() => attempts).toEqual([new Error('down'), undefined])
})

it('asks for the store after a failure when there is nothing to commit, so that health does not wait for work', async () => {
  const { lane, ends, attempts, probes } = controlledStore()
  const only = lane.submit(delivery('a'))
  await expect.poll(() => ends.length).toBe(1)
  ends[0]?.reject(new Error('down'))
  await expect(only).rejects.toBeInstanceOf(Unavailable)
  await expect.poll(() => attempts).toEqual([new Error('down'), undefined])
  expect(probes()).toBe(1)
})

it('drains: everything submitted is settled, committed while that works', async () => {
  const { lane, ends } = controlledStore()
  const first = lane.submit(delivery('a'))
  await expect.poll(() => ends.length).toBe(1)
  const second = lane.submit(delivery('b'))
  const third = lane.submit(delivery('c', { reports: 3 }))
  const fourth = lane.submit(delivery('d'))
  const drained = lane.drain()
  ends[0]?.resolve()
  await expect.poll(() => ends.length).toBe(2)
  ends[1]?.reject(new Error('down'))
  expect(await first).toBe('stored a')
  const rest = await Promise.allSettled([second, third, fourth])
  expect(rest.map(one => one.status)).toEqual(['rejected', 'rejected', 'rejected'])
  await drained
})
