import { expect, it } from 'vitest'
import { createAddressBook } from './address-book.ts'

function bookOf(answers: Record<string, string | undefined>) {
  const asked: string[] = []
  let time = 0
  const book = createAddressBook({
    lookUp: async name => {
      asked.push(name)
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

it('keeps an address that nobody can confirm any more', async () => {
  const answers: Record<string, string | undefined> = { a: '10.0.0.1' }
  const { book, pass } = bookOf(answers)
  await book.refresh(['a'])
  answers.a = undefined
  pass(60_001)
  await book.refresh(['a'])
  expect(book.addressOf('a')).toBe('10.0.0.1')
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
