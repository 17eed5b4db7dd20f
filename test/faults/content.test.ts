import { encodeReport, LIMITS } from '@platen/protocol'
import { describe, expect, it } from 'vitest'
import { type Content, contentOf, SLOTS } from './content.ts'
import { MONITORS, type MonitorSpec } from './monitors.ts'

const BASE = Date.UTC(2026, 10, 23)
const ROUNDS = 50

function stream(monitor: MonitorSpec): Content[] {
  return Array.from({ length: ROUNDS * SLOTS }, (_, i) => contentOf(monitor, i + 1, BASE))
}

/** The stream of the one monitor with this habit that has a quota. */
function streamOf(habit: MonitorSpec['habit']): Content[] {
  const monitor = MONITORS.find(one => one.habit === habit)
  if (!monitor) throw new Error(`no monitor is ${habit}`)
  return stream(monitor)
}

describe('the reports of the fault test', () => {
  it('never have the same time, whichever monitor made them, so that one order is right', () => {
    const times = MONITORS.flatMap(stream).map(({ report }) => report.observedAt)

    expect(new Set(times).size).toBe(times.length)
  })

  it('can be sent', () => {
    for (const { report } of MONITORS.flatMap(stream)) {
      const xml = encodeReport({ ...report, epoch: 'e', seq: 1 })
      expect(xml.length).toBeLessThan(LIMITS.reportBytes)
    }
  })

  it('are recognisable: a plain monitor counts its own reports', () => {
    const totals = streamOf('plain').flatMap(({ report }, i) =>
      (report.meters ?? []).filter(({ name }) => name === 'total').map(meter => meter.value - i),
    )

    expect(new Set(totals)).toEqual(new Set([1]))
  })

  it('are all needed when they come from an eventful monitor: each changes incidents', () => {
    const needless = streamOf('eventful').filter(
      ({ changed }, i) => i >= SLOTS && !changed.includes('incidents'),
    )

    expect(needless).toEqual([])
  })

  it('are needless by half when they come from a repetitive monitor', () => {
    const needless = streamOf('repetitive').filter(({ changed }) => changed.length === 0)

    expect(needless).toHaveLength((ROUNDS * SLOTS) / 2)
  })
})
