import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../../test/support/directory.ts'
import { type Entry, type Outbox, OutboxFullError, openOutbox } from './index.ts'

const AT = '2026-11-23T08:00:00.000Z'
const ALL = { bytes: 1_000_000, reports: 500 }

/** A report of a device's life count. */
function reading(device: string, value: number): Entry {
  const meters = [{ name: 'total', unit: 'impressions', value, grade: 'A' } as const]
  return { device, observedAt: AT, meters }
}

function reports(outbox: Outbox): string[] {
  return outbox.read(0, ALL)?.reports ?? []
}

describe('the outbox', () => {
  it('gives reports in the order of their numbers, whole, within the bounds', () => {
    using directory = temporaryDirectory()
    using outbox = openOutbox({ directory: directory.path })
    expect(outbox.append([reading('a', 1), reading('b', 2)])).toEqual([1, 2])
    expect(outbox.append([reading('a', 3)])).toEqual([3])

    const one = outbox.read(0, { bytes: 1, reports: 500 })
    expect(one).toMatchObject({ first: 1, last: 1 }) // a report that is larger than the bound goes alone
    expect(outbox.read(1, { bytes: 1_000_000, reports: 1 })).toMatchObject({ first: 2, last: 2 })
    expect(outbox.read(1, ALL)).toMatchObject({ first: 2, last: 3 })
    expect(outbox.read(3, ALL)).toBeUndefined()
    expect(one?.reports[0]).toContain(`epoch="${outbox.epoch}" seq="1"`)
  })

  it('can be read by nobody else, also in a directory that can', () => {
    using directory = temporaryDirectory()
    using outbox = openOutbox({ directory: directory.path })
    outbox.append([reading('a', 1)])
    for (const file of ['outbox.sqlite', 'outbox.sqlite-wal']) {
      expect(statSync(join(directory.path, file)).mode & 0o077, file).toBe(0)
    }
  })

  it('forgets what is settled, and nothing else', () => {
    using directory = temporaryDirectory()
    using outbox = openOutbox({ directory: directory.path })
    outbox.append([1, 2, 3, 4].map(value => reading('a', value)))
    outbox.settle([
      { first: 1, last: 2, refused: [] },
      { first: 4, last: 4, refused: [] },
    ])
    expect(outbox.read(0, ALL)).toMatchObject({ first: 3, last: 3 })
    expect(outbox.stats().reports).toBe(1)
  })

  it('keeps epoch, order and what was last reported over a restart, and gives no number twice', () => {
    using directory = temporaryDirectory()
    const record = {
      key: 'a',
      identity: { serial: 'S1' },
      state: { asset: { serial: 'S1' } },
      reportedFullAt: 5,
    }
    let epoch: string
    {
      using outbox = openOutbox({ directory: directory.path })
      epoch = outbox.epoch
      outbox.append([{ ...reading('a', 1), record }, reading('b', 2)])
      outbox.settle([{ first: 1, last: 2, refused: [] }])
    }
    using outbox = openOutbox({ directory: directory.path })
    expect(outbox.epoch).toBe(epoch)
    expect(outbox.devices()).toEqual([record])
    expect(outbox.stats()).toEqual({ reports: 0, bytes: 0, thinned: 0, refused: 0 })
    expect(outbox.append([reading('a', 3)])).toEqual([3])
  })

  it('moves nothing when one of the reports can not be encoded', () => {
    using directory = temporaryDirectory()
    using outbox = openOutbox({ directory: directory.path })
    const record = { key: 'a', identity: {}, state: {}, reportedFullAt: 0 }
    const bad = reading('a', -1)
    expect(() => outbox.append([{ ...reading('a', 1), record }, bad])).toThrow('cannot encode')
    expect(outbox.devices()).toEqual([])
    expect(outbox.append([reading('a', 1)])).toEqual([1])
  })

  it('puts refused reports aside, with the reason, and counts them', () => {
    using directory = temporaryDirectory()
    using outbox = openOutbox({ directory: directory.path })
    outbox.append([reading('a', 1), reading('a', 2)])
    const refusal = { seq: 2, code: 'unacceptable', reason: 'because' }
    outbox.settle([{ first: 1, last: 2, refused: [refusal] }])
    outbox.settle([{ first: 1, last: 2, refused: [refusal] }]) // the answer to what was sent twice
    expect(outbox.stats()).toMatchObject({ reports: 0, refused: 1 })
    expect(outbox.deadLetters()).toEqual([
      { ...refusal, xml: expect.stringContaining('value="2"') },
    ])
  })

  it('keeps the newest thousand of refused reports: they must not fill the disk', () => {
    using directory = temporaryDirectory()
    using outbox = openOutbox({ directory: directory.path })
    const numbers = Array.from({ length: 1002 }, (_, index) => index + 1)
    outbox.append(numbers.map(value => reading('a', value)))
    const refused = numbers.map(seq => ({ seq, code: 'unacceptable', reason: 'because' }))
    outbox.settle([{ first: 1, last: 1002, refused }])
    expect(outbox.stats().refused).toBe(1002)
    expect(outbox.deadLetters()).toHaveLength(1000)
    expect(outbox.deadLetters()[0]?.seq).toBe(3)
  })

  it('tells of appends until nobody wants to know', () => {
    using directory = temporaryDirectory()
    using outbox = openOutbox({ directory: directory.path })
    let appends = 0
    const stop = outbox.onAppend(() => appends++)
    outbox.append([reading('a', 1), reading('a', 2)])
    stop()
    outbox.append([reading('a', 3)])
    expect(appends).toBe(1)
  })
})

describe('an outbox that can not be used', () => {
  it('is held by one process at a time', () => {
    using directory = temporaryDirectory()
    using _ = openOutbox({ directory: directory.path })
    expect(() => openOutbox({ directory: directory.path })).toThrow(
      /^cannot open the outbox: another monitor is using it/,
    )
  })

  it.each([
    ['is no database', (file: string) => writeFileSync(file, 'x'.repeat(8192))],
    [
      'is damaged in the middle',
      (file: string) => {
        const bytes = readFileSync(file)
        bytes.fill(0xff, bytes.length / 2)
        writeFileSync(file, bytes)
      },
    ],
  ])('is moved aside when it %s; a new one numbers in an epoch of its own', (_, damage) => {
    using directory = temporaryDirectory()
    let epoch: string
    {
      using outbox = openOutbox({ directory: directory.path })
      epoch = outbox.epoch
      outbox.append(Array.from({ length: 200 }, (_, value) => reading('a', value)))
    }
    damage(join(directory.path, 'outbox.sqlite'))

    using outbox = openOutbox({ directory: directory.path })
    expect(outbox.movedAside).toBe(join(directory.path, 'outbox.sqlite.damaged'))
    expect(readdirSync(directory.path)).toContain('outbox.sqlite.damaged')
    expect(outbox.epoch).not.toBe(epoch)
    expect(outbox.append([reading('a', 1)])).toEqual([1])
  })

  it('says what to check when its directory can not be made', () => {
    using directory = temporaryDirectory()
    const file = join(directory.path, 'file')
    writeFileSync(file, '')
    expect(() => openOutbox({ directory: file })).toThrow(/^cannot make .* PLATEN_DATA$/)
  })
})

describe('a full outbox', () => {
  it('refuses more, keeps all, and takes more when some was sent', () => {
    using directory = temporaryDirectory()
    using outbox = openOutbox({ directory: directory.path, quotaBytes: 20_000 })
    let value = 0
    const fill = () => {
      // Every report is about another device, so none may be dropped.
      for (;;) outbox.append([reading(`device-${value++}`, value)])
    }
    expect(fill).toThrow(OutboxFullError)
    const kept = reports(outbox).length
    expect(kept).toBe(value - 1)
    expect(outbox.stats()).toMatchObject({ reports: kept, thinned: 0 })

    outbox.settle([{ first: 1, last: 1, refused: [] }])
    expect(outbox.append([reading('z', 1)])).toEqual([kept + 1])
  })
})
