import { expect, it } from 'vitest'
import { tenant } from './input.support.ts'
import { archiveOf, FIRST, readServed, type ServedChain, servedAt, writeServed } from './served.ts'

const chain: ServedChain = [
  { name: 'database' },
  { name: 'database-0123456789', since: '2026-11-29T08:00:00Z' },
  { name: 'database-9876543210', since: '2026-11-30T08:00:00Z' },
]

it('is read as it was written', () => {
  expect(readServed(writeServed(chain))).toEqual(chain)
  expect(readServed(writeServed(FIRST))).toEqual(FIRST)
})

it.each([undefined, '', ' ', '@2026-11-29T08:00:00Z', '--'])(
  'what says nothing (%j) is a database that was never restored',
  text => expect(readServed(text)).toEqual(FIRST),
)

it.each([
  { to: '2026-01-01T00:00:00Z', serves: 'database', why: 'before any restore' },
  { to: '2026-11-29T09:59:59+02:00', serves: 'database', why: 'a second before the first one' },
  { to: '2026-11-29T08:00:00Z', serves: 'database-0123456789', why: 'from that moment on' },
  { to: '2026-12-24T00:00:00.5Z', serves: 'database-9876543210', why: 'the last one is in force' },
])('the archive of $to is that of $serves: $why', ({ to, serves }) => {
  expect(servedAt(chain, to).name).toBe(serves)
})

it('what began with a backup has no archive of before: its own is looked into', () => {
  const only: ServedChain = [{ name: 'database-0123456789' }]
  expect(servedAt(only, '2020-01-01T00:00:00Z')).toBe(only[0])
})

it('archives of other Clusters, countries, regions and Tenants are other folders', () => {
  const folder = (one: ReturnType<typeof tenant>, region = 'eu-central', name = 'database') =>
    archiveOf(one, region, { name }).name
  const one = tenant()
  const uid = '33333333-aaaa-4bbb-8ccc-000000000003'
  const all = [
    folder(one),
    folder(one, 'eu-west'),
    folder(one, 'eu-central', 'database-0123456789'),
    folder(tenant({ country: 'AT' })),
    folder({ ...one, metadata: { ...one.metadata, uid } }),
  ]
  expect(new Set(all).size).toBe(all.length)
  expect(all[0]).toBe('database-22222222_DE_eu-central')
})
