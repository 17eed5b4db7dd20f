import type { Incident } from '@platen/protocol'
import { expect, it } from 'vitest'
import { foldIncidents, type IncidentList } from './incidents.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 8, minute)).toISOString()

function jam(sinceMinute: number, more: Partial<Incident> = {}): Incident {
  return {
    key: 'alert.7',
    source: 'alert',
    severity: 'critical',
    code: 'jam',
    since: at(sinceMinute),
    ...more,
  }
}

/** Each period as "key opened-closed", in minutes. */
function periods(lists: IncidentList[]): string[] {
  const minute = (time: string) => new Date(time).getUTCMinutes()
  return foldIncidents([], null, lists).map(
    ({ key, openedAt, closedAt }) =>
      `${key} ${minute(openedAt)}-${closedAt === null ? '' : minute(closedAt)}`,
  )
}

it.each<{ why: string; lists: [number, Incident[]][]; want: string[] }>([
  { why: 'no list, no incident', lists: [], want: [] },
  { why: 'what is listed is open', lists: [[5, [jam(3)]]], want: ['alert.7 3-'] },
  {
    why: 'it ends with the first list without it',
    lists: [
      [5, [jam(3)]],
      [6, [jam(3)]],
      [7, []],
      [8, []],
    ],
    want: ['alert.7 3-7'],
  },
  {
    why: 'the same key again is another incident',
    lists: [
      [5, [jam(5)]],
      [7, []],
      [9, [jam(9)]],
    ],
    want: ['alert.7 5-7', 'alert.7 9-'],
  },
  {
    why: 'it cannot have begun before the list that did not have it',
    lists: [
      [5, [jam(3)]],
      [7, []],
      [9, [jam(3)]],
    ],
    want: ['alert.7 3-7', 'alert.7 9-'],
  },
  {
    why: 'nor after the list that has it: clocks are wrong at times',
    lists: [[5, [jam(30)]]],
    want: ['alert.7 5-'],
  },
])('$why', ({ lists, want }) => {
  expect(
    periods(lists.map(([minute, incidents]) => ({ observedAt: at(minute), incidents }))),
  ).toEqual(want)
})

it('keeps one incident open while its severity changes, and takes the last', () => {
  const changed = foldIncidents([], null, [
    { observedAt: at(1), incidents: [jam(1, { severity: 'warning' })] },
    { observedAt: at(2), incidents: [jam(1, { severity: 'critical' })] },
  ])

  expect(changed).toMatchObject([{ openedAt: at(1), severity: 'critical', closedAt: null }])
})

it('says nothing when a list says nothing new', () => {
  const [open] = foldIncidents([], null, [{ observedAt: at(1), incidents: [jam(1)] }])
  if (!open) throw new Error('no incident')

  expect(foldIncidents([open], at(1), [{ observedAt: at(2), incidents: [jam(1)] }])).toEqual([])
})
