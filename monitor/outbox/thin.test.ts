import {
  decodeBatch,
  encodeBatch,
  type Incident,
  type Meter,
  parseXml,
  type Report,
} from '@platen/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../../test/support/directory.ts'
import { changeOf, type DeviceState } from '../changes/index.ts'
import { type Entry, type Outbox, OutboxFullError, openOutbox } from './index.ts'

const AT = '2026-11-23T08:00:00.000Z'

interface Step {
  device: string
  life: number
  isJammed: boolean
  isFull: boolean
}

const steps = fc.array(
  fc.record<Step>({
    device: fc.constantFrom('a', 'b', 'c'),
    life: fc.nat({ max: 3 }),
    isJammed: fc.boolean(),
    isFull: fc.boolean(),
  }),
  { minLength: 30, maxLength: 120 },
)

/** Appends what a monitor would append, until the outbox takes no more. Gives what it took. */
function fill(outbox: Outbox, history: Step[]): Entry[] {
  const last = new Map<string, DeviceState>()
  const taken: Entry[] = []
  for (const { device, life, isJammed, isFull } of history) {
    const change = changeOf(last.get(device), stateOf(life, isJammed), isFull || !last.has(device))
    if (!change) continue
    const entry = { device, observedAt: AT, ...change.sections, changed: change.changed }
    try {
      outbox.append([entry])
    } catch (error) {
      if (!(error instanceof OutboxFullError)) throw error
      break
    }
    taken.push(entry)
    last.set(device, change.state)
  }
  return taken
}

function stateOf(life: number, isJammed: boolean): DeviceState {
  const meters: Meter[] = [{ name: 'total', unit: 'impressions', value: life, grade: 'A' }]
  const jam: Incident = {
    key: 'state.jammed',
    source: 'state',
    severity: 'critical',
    code: 'jammed',
    since: AT,
  }
  return { asset: { model: 'M' }, meters, incidents: isJammed ? [jam] : [] }
}

/** What is told of a device: the last life count and model, and every change of its incidents. */
interface Told {
  model: string | undefined
  life: number | undefined
  jams: boolean[]
}

function tell(told: Map<string, Told>, report: Omit<Report, 'epoch' | 'seq'>): void {
  const before = told.get(report.device ?? '') ?? { model: undefined, life: undefined, jams: [] }
  const jams = [...before.jams]
  const isJammed = report.incidents && report.incidents.length > 0
  if (isJammed !== undefined && jams.at(-1) !== isJammed) jams.push(isJammed)
  told.set(report.device ?? '', {
    model: report.asset?.model ?? before.model,
    life: report.meters?.[0]?.value ?? before.life,
    jams,
  })
}

function toldBy(reports: Omit<Report, 'epoch' | 'seq'>[]): Map<string, Told> {
  const told = new Map<string, Told>()
  for (const report of reports) tell(told, report)
  return told
}

function waiting(outbox: Outbox): Omit<Report, 'epoch' | 'seq'>[] {
  const xml = outbox.read(0, { bytes: 10_000_000, reports: 500 })?.reports ?? []
  return decodeBatch(parseXml(encodeBatch(xml))).reports
}

describe('a queue that was thinned', () => {
  it('still tells the last state of every section and every change of incidents', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 3_000, max: 12_000 }), (history, quotaBytes) => {
        using directory = temporaryDirectory()
        using outbox = openOutbox({ directory: directory.path, quotaBytes })
        const taken = fill(outbox, history)
        const left = waiting(outbox)
        expect(toldBy(left)).toEqual(toldBy(taken))
        expect(outbox.stats().reports).toBe(left.length)
        expect(outbox.stats().thinned).toBe(taken.length - left.length)
        expect(outbox.stats().bytes).toBeLessThanOrEqual(quotaBytes)
      }),
      { numRuns: 40 },
    )
  })

  it('loses reports that changed nothing first', () => {
    using directory = temporaryDirectory()
    using outbox = openOutbox({ directory: directory.path, quotaBytes: 7_000 })
    const step = { device: 'a', isJammed: false }
    const history = [1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    fill(
      outbox,
      history.map(life => ({ ...step, life, isFull: life === 1 })),
    )
    expect(outbox.stats().thinned).toBeGreaterThan(0)
    const lives = waiting(outbox).map(report => report.meters?.[0]?.value)
    expect(lives.slice(0, 3)).toEqual([1, 2, 1])
  })
})
