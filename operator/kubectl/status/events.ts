import type { KubeEvent } from '../objects.ts'

/** What happened, as it is shown. */
export interface Happening {
  /** RFC 3339, of the last time. */
  at: string
  type: string
  /** `Pod ingest-0`. */
  object: string
  reason: string
  note: string
  count: number
}

/** The newest last; those that say the same of the same object once, with their number. */
export function happeningsOf(events: readonly KubeEvent[]): Happening[] {
  const folded = new Map<string, Happening>()
  for (const happening of events.map(happeningOf)) {
    const key = [happening.object, happening.reason, happening.note].join('\n')
    const before = folded.get(key)
    folded.set(key, before ? both(before, happening) : happening)
  }
  return [...folded.values()].sort((a, b) => (a.at < b.at ? -1 : 1))
}

function happeningOf(event: KubeEvent): Happening {
  const { metadata, type, reason, note, series, regarding } = event
  const times = [series?.lastObservedTime, event.deprecatedLastTimestamp, event.eventTime]
  return {
    at: times.find(time => Boolean(time)) ?? metadata.creationTimestamp ?? '',
    type: type ?? 'Normal',
    object: `${regarding?.kind ?? '?'} ${regarding?.name ?? '?'}`,
    reason: reason ?? '',
    note: (note ?? '').trim().replace(/\s+/g, ' '),
    count: series?.count ?? event.deprecatedCount ?? 1,
  }
}

function both(a: Happening, b: Happening): Happening {
  return { ...a, at: a.at > b.at ? a.at : b.at, count: a.count + b.count }
}

/** Of what is in `namespace`, or of a Tenant or Region, whose events are where kubectl looks for them: in `default`. */
export function regards(kind: string, name: string): (event: KubeEvent) => boolean {
  return ({ regarding }) => regarding?.kind === kind && regarding.name === name
}
