import { describe, expect, it } from 'vitest'
import { MOST_DEVICES, makeDevice } from './identity.ts'
import { type Alert, type State, stateOf } from './life.ts'
import { MODELS } from './models/index.ts'
import { ERROR_BIT, KINDS } from './models/model.ts'
import { errorBits } from './rows.ts'

const MINUTE = 60
const devices = MODELS.map((_, n) => makeDevice(7, n, '127.66.0.1'))

/** A state for each minute of the first simulated days. */
const lives = devices.map(device => ({
  device,
  name: device.model.name,
  states: Array.from({ length: 10_000 }, (_, minute) => stateOf(device, minute * MINUTE)),
}))

const pairs = (states: State[]): [State, State][] =>
  states.slice(1).map((state, at) => [states[at] as State, state])

describe('a simulated device', () => {
  it('is the same for the same seed and number, another for another seed', () => {
    expect(makeDevice(1, 5, '127.66.0.1')).toEqual(makeDevice(1, 5, '127.66.0.1'))
    expect(makeDevice(2, 5, '127.66.0.1').serial).not.toBe(makeDevice(1, 5, '127.66.0.1').serial)
  })

  it('has a serial number, MAC and host name of its own in the largest fleet', () => {
    const fleet = Array.from({ length: MOST_DEVICES }, (_, n) => makeDevice(3, n, '127.66.0.1'))
    expect(new Set(fleet.map(({ serial }) => serial)).size).toBe(MOST_DEVICES)
    expect(new Set(fleet.map(({ mac }) => mac)).size).toBe(MOST_DEVICES)
    expect(new Set(fleet.map(({ hostName }) => hostName)).size).toBe(MOST_DEVICES)
  })

  it('comes from at least ten vendors in the first ten of a fleet', () => {
    expect(new Set(devices.slice(0, 10).map(({ model }) => model.make)).size).toBe(10)
  })
})

describe.each(lives)('in the life of $name', ({ device, states }) => {
  const wherePair = (isWrong: (before: State, after: State) => boolean) =>
    pairs(states).filter(([before, after]) => isWrong(before, after))

  it('the state depends on nothing but the time', () => {
    expect(stateOf(device, 12_345)).toEqual(stateOf(device, 12_345))
  })

  it('counters never fall, and their parts add up', () => {
    const hasFallen = wherePair(
      (before, after) =>
        after.pages.total < before.pages.total ||
        after.pages.color < before.pages.color ||
        after.pages.monochrome < before.pages.monochrome ||
        after.events.all < before.events.all ||
        after.events.critical < before.events.critical,
    )
    expect(hasFallen).toEqual([])
    const total = (pages: State['pages']) => pages.color + pages.monochrome
    expect(states.filter(({ pages }) => total(pages) !== pages.total)).toEqual([])
  })

  it('something visible changes within each minute of printing', () => {
    const stands = wherePair(
      (before, after) =>
        before.isPrinting && after.isPrinting && after.pages.total === before.pages.total,
    )
    expect(stands).toEqual([])
  })

  it('paper falls by the pages that are printed, runs out and is refilled', () => {
    const level = (state: State) => state.trays[0] ?? Number.NaN
    const levels = states.map(level)
    expect(Math.min(...levels)).toBe(0)
    expect(Math.max(...levels)).toBeGreaterThan(device.model.trays[0].capacity * 0.9)
    const wrong = wherePair((before, after) => {
      const isRefilled = level(after) > level(before)
      return !isRefilled && level(before) - level(after) !== after.pages.total - before.pages.total
    })
    expect(wrong).toEqual([])
  })

  it('a supply falls until it is empty, and only then a full one takes its place', () => {
    for (const [at, supply] of device.model.supplies.entries()) {
      // -3 is "some": more than the 0 of an empty one.
      const amount = (state: State) => {
        const level = state.supplies[at] ?? Number.NaN
        return level === -3 ? 1 : level
      }
      const wrong = wherePair(
        (before, after) => amount(after) > amount(before) && amount(before) !== 0,
      )
      expect(wrong, supply.description).toEqual([])
    }
  })

  it('an alert keeps its number while it stands, and no other ever has it', () => {
    const byIndex = new Map<number, string>()
    const wrong = states
      .flatMap(state => state.alerts)
      .filter((alert: Alert) => {
        const known = byIndex.get(alert.index) ?? JSON.stringify(alert)
        byIndex.set(alert.index, known)
        return known !== JSON.stringify(alert)
      })
    expect(wrong).toEqual([])
    expect(byIndex.size).toBeGreaterThan(10)
  })

  it('the count of events rises by at least the alerts that have come', () => {
    const wrong = wherePair((before, after) => {
      const known = new Set(before.alerts.map(alert => alert.index))
      const fresh = after.alerts.filter(alert => !known.has(alert.index))
      return after.events.all - before.events.all < fresh.length
    })
    expect(wrong).toEqual([])
  })

  it('alerts, error bits and levels agree', () => {
    const wrong = states.filter(state => {
      const bits = errorBits(state)
      const hasCode = (code: number) => state.alerts.some(alert => alert.code === code)
      const isOut = device.model.supplies.some(
        ({ kind }, at) => state.supplies[at] === 0 && KINDS[kind].out[1] === ERROR_BIT.noToner,
      )
      return (
        bits.includes(ERROR_BIT.noPaper) !== (state.trays[0] === 0) ||
        bits.includes(ERROR_BIT.jammed) !== hasCode(8) ||
        bits.includes(ERROR_BIT.doorOpen) !== hasCode(3) ||
        bits.includes(ERROR_BIT.noToner) !== isOut
      )
    })
    expect(wrong).toEqual([])
  })

  it('no alert came in the future', () => {
    const wrong = states.filter(({ alerts, upTime }) => alerts.some(alert => alert.since > upTime))
    expect(wrong).toEqual([])
  })
})
