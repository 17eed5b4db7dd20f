import { type Incident, LIMITS } from '@platen/protocol'

/** An incident as it is read: since when it stands is known by who has seen it before. */
export type SeenIncident = Omit<Incident, 'since'>

/** Why a device could not be read: no answer, or an answer that makes no sense. */
export type ReadFailure = 'unreachable' | 'unreadable'

/**
 * The incidents that are open now, each since it was first seen: one that was open before (by its key) keeps its time.
 *
 * @param at RFC 3339: when they were seen.
 */
export function openIncidents(
  before: readonly Incident[] | undefined,
  seen: readonly SeenIncident[],
  at: string,
): Incident[] {
  const since = new Map(before?.map(incident => [incident.key, incident.since]))
  return seen.map(incident => ({ ...incident, since: since.get(incident.key) ?? at }))
}

/**
 * The last known incidents with the monitor's own: it can't read the device. The other kind of failure has ended: a
 * device is unreachable or unreadable, never both.
 */
export function withFailure(
  before: readonly Incident[] | undefined,
  failure: ReadFailure,
  at: string,
): Incident[] {
  const others = (before ?? []).filter(incident => incident.source !== 'monitor')
  const own: SeenIncident = {
    key: `monitor.${failure}`,
    source: 'monitor',
    severity: 'critical',
    code: failure,
  }
  return [...others.slice(0, LIMITS.incidents - 1), ...openIncidents(before, [own], at)]
}
