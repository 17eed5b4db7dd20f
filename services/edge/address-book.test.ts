import { describe, expect, it } from 'vitest'
import { createAddressBook } from './address-book.ts'

/** `silent`: nobody answers. */
function bookOf(answers: Record<string, string | undefined>) {
  const asked: string[] = []
  let time = 0
  const book = createAddressBook({
    lookUp: async name => {
      asked.push(name)
      if (answers[name] === 'silent') throw new Error('nobody answers')
      return answers[name]
    },
    now: () => time,
  })
  return {
    book,
    asked,
    pass: (ms: number) => {
      time += ms
    },
  }
}

it('looks a name up once, and again after a minute at the latest', async () => {
  const answers = { a: '10.0.0.1' }
  const { book, asked, pass } = bookOf(answers)
  for (let turn = 0; turn < 10; turn += 1) await book.refresh(['a'])
  expect(asked).toEqual(['a'])
  answers.a = '10.0.0.2'
  pass(60_001)
  await book.refresh(['a'])
  expect(book.addressOf('a')).toBe('10.0.0.2')
})

it('asks again soon for what has no address yet', async () => {
  const answers: Record<string, string> = {}
  const { book, pass } = bookOf(answers)
  await book.refresh(['a'])
  expect(book.addressOf('a')).toBeUndefined()
  answers.a = '10.0.0.1'
  pass(5_001)
  await book.refresh(['a'])
  expect(book.addressOf('a')).toBe('10.0.0.1')
})

describe('an address that was known', () => {
  const GONE = undefined
  it.each<{ why: string; answers: (string | undefined)[]; want: string | undefined }>([
    {
      why: 'is kept while nobody answers',
      answers: Array(60).fill('silent'),
      want: '10.0.0.1',
    },
    { why: 'is kept when the name is denied once', answers: [GONE], want: '10.0.0.1' },
    {
      why: 'is forgotten when the name is denied for a minute: another tenant may have it by now',
      answers: Array(14).fill(GONE),
      want: undefined,
    },
    {
      why: 'is kept when one of several name servers denies it now and then',
      answers: Array(30).fill([GONE, GONE, '10.0.0.1']).flat(),
      want: '10.0.0.1',
    },
    {
      why: 'is kept when the silence was longer than the denial',
      answers: [GONE, ...Array(30).fill('silent'), GONE],
      want: '10.0.0.1',
    },
    {
      why: 'is replaced when the Service was made anew',
      answers: [...Array(20).fill(GONE), '10.0.0.2'],
      want: '10.0.0.2',
    },
  ])('$why', async ({ answers, want }) => {
    const now: Record<string, string | undefined> = { a: '10.0.0.1' }
    const { book, pass } = bookOf(now)
    await book.refresh(['a'])
    pass(60_001)
    for (const answer of answers) {
      now.a = answer
      await book.refresh(['a'])
      // Longer than it may wait until it asks again, whatever the answer was.
      pass(answer?.startsWith('10.') ? 60_001 : 5_001)
    }
    expect(book.addressOf('a')).toBe(want)
  })

  it('by a process before this one counts until the name is denied for a minute', async () => {
    const { book, pass } = bookOf({})
    expect(await book.refresh(['a'])).toBe(false)
    expect(book.addressOf('a', '10.0.0.1')).toBe('10.0.0.1')
    pass(60_001)
    expect(await book.refresh(['a']), 'whoever made a map has to make another').toBe(true)
    expect(book.addressOf('a', '10.0.0.1')).toBeUndefined()
  })
})

it('forgets names that are not wanted any more: the next tenant of that name is another', async () => {
  const { book } = bookOf({ a: '10.0.0.1' })
  await book.refresh(['a'])
  await book.refresh([])
  expect(book.addressOf('a')).toBeUndefined()
})

it('begins nothing new after two seconds, with unknown names first', async () => {
  let time = 0
  const asked: string[] = []
  const book = createAddressBook({
    lookUp: async name => {
      asked.push(name)
      time += 100
      return name === 'new' ? '10.0.0.9' : undefined
    },
    now: () => time,
  })
  const names = Array.from({ length: 1_000 }, (_, index) => `n${index}`)
  await book.refresh(names)
  expect(asked.length).toBeLessThan(200)
  await book.refresh([...names, 'new'])
  expect(asked.length).toBeLessThan(400)
})
