import type { Meter } from '@platen/telemetry'
import type { Outbox } from '../outbox/index.ts'
import type { SentBatch } from './flow.ts'

/** Measures sending; the labels hold no identities. Returns what to call when a batch was answered. */
export function measureSending(
  meter: Meter | undefined,
  outbox: Outbox,
): (batch: SentBatch) => void {
  if (!meter) return () => undefined
  const gauge = (name: string, unit: string, description: string, read: () => number) =>
    meter
      .createObservableGauge(`platen.monitor.outbox.${name}`, { unit, description })
      .addCallback(result => result.observe(read()))
  gauge('reports', '{report}', 'Reports that wait.', () => outbox.stats().reports)
  gauge('size', 'By', 'The room that they take.', () => outbox.stats().bytes)
  gauge('thinned', '{report}', 'Reports dropped for want of room.', () => outbox.stats().thinned)
  gauge('refused', '{report}', 'Reports refused for good.', () => outbox.stats().refused)

  const sent = meter.createCounter('platen.monitor.reports.acknowledged', {
    unit: '{report}',
    description: 'Reports that the ingest has stored or refused for good.',
  })
  const duration = meter.createHistogram('platen.monitor.batch.duration', {
    unit: 's',
    description: 'From sending a batch to the answer of the ingest.',
    advice: {
      explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    },
  })
  return batch => {
    sent.add(batch.reports)
    duration.record((performance.now() - batch.sentAt) / 1000)
  }
}
