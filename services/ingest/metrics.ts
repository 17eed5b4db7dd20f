import type { Meter } from '@platen/telemetry'
import type { Load } from './budget.ts'
import type { Answer } from './intake.ts'

/** What the ingest counts. No label ever names a monitor or a device. */
export interface IngestMetrics {
  reports(counts: Record<'stored' | 'duplicate' | 'refused', number>): void
  commit(seconds: number, reports: number, succeeded: boolean): void
  answered(kind: Answer['kind']): void
  link(isUp: boolean): void
}

/** @param waiting what is in memory now */
export function createMetrics(meter: Meter, waiting: () => Readonly<Load>): IngestMetrics {
  const reports = meter.createCounter('platen.ingest.reports', {
    unit: '{report}',
    description: 'Reports by what became of them: stored, duplicate, refused',
  })
  const duration = meter.createHistogram('platen.ingest.commit.duration', {
    unit: 's',
    description: 'Time of one transaction',
    advice: {
      explicitBucketBoundaries: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    },
  })
  const size = meter.createHistogram('platen.ingest.commit.size', {
    unit: '{report}',
    description: 'Reports of one transaction',
    advice: { explicitBucketBoundaries: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000] },
  })
  const answers = meter.createCounter('platen.ingest.answers', {
    unit: '{batch}',
    description: 'Batches by answer: receipt, wait, malformed',
  })
  meter
    .createObservableGauge('platen.ingest.queue.reports', {
      unit: '{report}',
      description: 'Reports in memory, not yet answered',
    })
    .addCallback(result => result.observe(waiting().reports))
  meter
    .createObservableGauge('platen.ingest.queue.bytes', {
      unit: 'By',
      description: 'Size on the wire of the reports in memory',
    })
    .addCallback(result => result.observe(waiting().bytes))
  let isLinked = false
  meter
    .createObservableGauge('platen.ingest.link.up', {
      unit: '1',
      description: '1 while the XMPP server has the component connected',
    })
    .addCallback(result => result.observe(isLinked ? 1 : 0))

  return {
    reports(counts) {
      for (const [outcome, count] of Object.entries(counts)) {
        if (count > 0) reports.add(count, { outcome })
      }
    },
    commit(seconds, count, succeeded) {
      duration.record(seconds, { succeeded })
      if (succeeded) size.record(count)
    },
    answered: kind => answers.add(1, { answer: kind }),
    link(isUp) {
      isLinked = isUp
    },
  }
}
