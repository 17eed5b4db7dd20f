import type { Incident, Meter } from '@platen/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changedSections, changeOf, type DeviceState, openIncidents, withFailure } from './index.ts'

const EARLY = '2026-11-23T08:00:00.000Z'
const LATE = '2026-11-23T09:00:00.000Z'

function meter(name: Meter['name'], value: number): Meter {
  return { name, unit: 'impressions', value, grade: 'A' }
}

function seen(key: string): Omit<Incident, 'since'> {
  return { key, source: 'state', severity: 'warning', code: 'jammed' }
}

describe('changed sections', () => {
  const last: DeviceState = {
    asset: { model: 'M' },
    meters: [meter('total', 1), meter('color', 1)],
    incidents: [],
  }

  it.each<[string, DeviceState, string[]]>([
    ['nothing', last, []],
    ['rows in another order', { meters: [meter('color', 1), meter('total', 1)] }, []],
    ['a section that was not read', { asset: { model: 'M' } }, []],
    ['a value', { ...last, meters: [meter('total', 2), meter('color', 1)] }, ['meters']],
    ['a row that is gone', { meters: [meter('total', 1)] }, ['meters']],
    ['a fact that is no longer known', { asset: {} }, ['asset']],
    ['a section that was never read', { trays: [] }, ['trays']],
    ['an incident', { incidents: openIncidents([], [seen('a')], EARLY) }, ['incidents']],
  ])('%s', (_, now, expected) => {
    expect(changedSections(last, now)).toEqual(expected)
  })

  it('are all of them before the first report', () => {
    expect(changeOf(undefined, last, false)?.changed).toEqual(['asset', 'meters', 'incidents'])
  })

  it('a full report states all, and tells what of it is new', () => {
    const change = changeOf(last, { asset: { model: 'N' } }, true)
    expect(change?.sections).toEqual({ ...last, asset: { model: 'N' } })
    expect(change?.changed).toEqual(['asset'])
  })
})

const states = fc.record<DeviceState>(
  {
    asset: fc.record({ model: fc.constantFrom('M', 'N') }),
    meters: fc
      .uniqueArray(
        fc.constantFrom('total', 'color').map(name => name as Meter['name']),
        { maxLength: 2 },
      )
      .chain(names => fc.tuple(...names.map(name => fc.nat(2).map(value => meter(name, value))))),
    incidents: fc.subarray(['a', 'b']).map(keys => openIncidents([], keys.map(seen), EARLY)),
  },
  { requiredKeys: [] },
)

it('whoever applies the reports in order knows what the monitor knows', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(states, fc.boolean())), readings => {
      let last: DeviceState | undefined
      let known: DeviceState = {}
      let read: DeviceState = {}
      for (const [now, isFull] of readings) {
        read = { ...read, ...now }
        const change = changeOf(last, now, isFull)
        last = change?.state ?? last
        known = { ...known, ...change?.sections }
        expect(changedSections(known, read)).toEqual([])
      }
    }),
  )
})

describe('incidents', () => {
  it('stand since they were first seen, and anew after they were gone', () => {
    const first = openIncidents(undefined, [seen('a')], EARLY)
    const both = openIncidents(first, [seen('a'), seen('b')], LATE)
    expect(both.map(({ key, since }) => [key, since])).toEqual([
      ['a', EARLY],
      ['b', LATE],
    ])
    const gone = openIncidents(both, [], LATE)
    expect(openIncidents(gone, [seen('a')], LATE)[0]?.since).toBe(LATE)
  })

  it('of a device that does not answer are the last known ones and that it does not', () => {
    const before = openIncidents([], [seen('a')], EARLY)
    const unreachable = withFailure(before, 'unreachable', EARLY)
    expect(unreachable.map(({ key }) => key)).toEqual(['a', 'monitor.unreachable'])
    expect(withFailure(unreachable, 'unreachable', LATE)).toEqual(unreachable)
    const unreadable = withFailure(unreachable, 'unreadable', LATE)
    expect(unreadable.map(({ key }) => key)).toEqual(['a', 'monitor.unreadable'])
  })
})
