import { expect, it } from 'vitest'
import type { BackupLocation } from './backup-location.ts'
import { KnownLocations } from './known-locations.ts'

const bucket = { endpoint: 'https://s3.example', bucket: 'b', location: 'eu-de' }
const HOUR = 3_600_000
const at = (hours: number) => new Date(Date.parse('2026-11-23T00:00:00Z') + hours * HOUR)
const seen = (hours: number): BackupLocation => ({ kind: 'seen', location: 'eu-de', at: at(hours) })
const unknown: BackupLocation = { kind: 'unknown', message: 'it is away' }

/** Looks at each hour; `answers` are those of the store when it is asked. */
async function looks(hours: number[], answers: BackupLocation[]) {
  const locations = new KnownLocations()
  let asked = 0
  const found: BackupLocation[] = []
  for (const hour of hours) {
    const ask = async () => answers[asked++] ?? unknown
    found.push(await locations.look('de', bucket, { now: at(hour), ask }))
  }
  return { found, asked }
}

it.each([
  {
    why: 'Within six hours the store is not asked again.',
    hours: [0, 1, 5.9],
    answers: [seen(0)],
    last: seen(0),
    asked: 1,
  },
  {
    why: 'After six hours it is.',
    hours: [0, 6],
    answers: [seen(0), seen(6)],
    last: seen(6),
    asked: 2,
  },
  {
    why: 'A store that is away for some hours is believed as before.',
    hours: [0, 7, 8],
    answers: [seen(0)],
    last: seen(0),
    asked: 3,
  },
  {
    why: 'After a day it no longer is.',
    hours: [0, 24],
    answers: [seen(0)],
    last: unknown,
    asked: 2,
  },
  {
    why: 'A store that never answered is asked every five minutes.',
    hours: [0, 0.05, 0.1],
    answers: [],
    last: unknown,
    asked: 2,
  },
])('$why', async ({ hours, answers, last, asked }) => {
  const result = await looks(hours, answers)
  expect(result.found.at(-1)).toEqual(last)
  expect(result.asked).toBe(asked)
})

it('Another bucket is another question.', async () => {
  const locations = new KnownLocations()
  await locations.look('de', bucket, { now: at(0), ask: async () => seen(0) })
  const other = { ...bucket, bucket: 'other' }
  expect(locations.get('de', other)).toBeUndefined()
  expect(await locations.look('de', other, { now: at(1), ask: async () => unknown })).toBe(unknown)
})
