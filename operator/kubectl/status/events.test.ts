import { expect, it } from 'vitest'
import type { KubeEvent } from '../objects.ts'
import { happeningsOf, regards } from './events.ts'

const event = (changes: Partial<KubeEvent>): KubeEvent => ({
  metadata: { name: 'x', creationTimestamp: '2026-11-29T08:00:00Z' },
  type: 'Warning',
  reason: 'Failed',
  note: 'no\n such image',
  regarding: { kind: 'Pod', name: 'api-1' },
  ...changes,
})

it('the same of the same object is one, with its number and its last time; the newest comes last', () => {
  const events = [
    event({ series: { count: 3, lastObservedTime: '2026-11-29T10:00:00Z' } }),
    event({ deprecatedCount: 2, deprecatedLastTimestamp: '2026-11-29T09:00:00Z', eventTime: null }),
    event({ reason: 'Pulled', type: 'Normal', eventTime: '2026-11-29T08:30:00Z' }),
  ]
  expect(happeningsOf(events)).toEqual([
    {
      at: '2026-11-29T08:30:00Z',
      type: 'Normal',
      object: 'Pod api-1',
      reason: 'Pulled',
      note: 'no such image',
      count: 1,
    },
    {
      at: '2026-11-29T10:00:00Z',
      type: 'Warning',
      object: 'Pod api-1',
      reason: 'Failed',
      note: 'no such image',
      count: 5,
    },
  ])
})

it('an event is about one object', () => {
  const about = regards('Tenant', 'acme')
  expect(about(event({ regarding: { kind: 'Tenant', name: 'acme' } }))).toBe(true)
  expect(about(event({ regarding: { kind: 'Region', name: 'acme' } }))).toBe(false)
})
