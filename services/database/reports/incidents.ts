import type { Incident } from '@platen/protocol'

/** All incidents of a device at one time. Times are RFC 3339, UTC, milliseconds, so they compare as text. */
export interface IncidentList {
  observedAt: string
  incidents: Incident[]
}

/** One incident's life. */
export interface IncidentPeriod extends Omit<Incident, 'since'> {
  openedAt: string
  closedAt: string | null
}

/**
 * Goes through a device's lists in the order of observation and gives the incidents that they open, change or close.
 * An incident ends with the first list that no longer has it. It began when the monitor says so, if that is after the
 * list before, which did not have it; otherwise when the list was observed.
 *
 * @param open the incidents open after the list before
 * @param previousAt when the list before was observed; null if there was none
 */
export function foldIncidents(
  open: IncidentPeriod[],
  previousAt: string | null,
  lists: IncidentList[],
): IncidentPeriod[] {
  const current = new Map(open.map(period => [period.key, { ...period }]))
  const changed = new Set<IncidentPeriod>()
  let before = previousAt
  for (const list of lists) {
    const listed = new Set(list.incidents.map(({ key }) => key))
    for (const period of [...current.values()].filter(({ key }) => !listed.has(key))) {
      period.closedAt = list.observedAt
      current.delete(period.key)
      changed.add(period)
    }
    for (const incident of list.incidents) {
      const period = current.get(incident.key)
      const next = continued(period, incident, begin(incident.since, before, list.observedAt))
      current.set(incident.key, next)
      if (next !== period) replace(changed, period, next)
    }
    before = list.observedAt
  }
  return [...changed]
}

function begin(since: string, previousAt: string | null, observedAt: string): string {
  const isBelievable = since <= observedAt && (previousAt === null || since > previousAt)
  return isBelievable ? since : observedAt
}

function replace(
  changed: Set<IncidentPeriod>,
  old: IncidentPeriod | undefined,
  next: IncidentPeriod,
): void {
  if (old) changed.delete(old)
  changed.add(next)
}

/** The period of an incident that is listed: as it was, or changed in what it says, or a new one. */
function continued(
  period: IncidentPeriod | undefined,
  { since, ...incident }: Incident,
  beginning: string,
): IncidentPeriod {
  if (period && saysTheSame(period, incident)) return period
  return { ...incident, openedAt: period?.openedAt ?? beginning, closedAt: null }
}

function saysTheSame(period: IncidentPeriod, incident: Omit<Incident, 'since'>): boolean {
  return (['source', 'severity', 'code', 'group', 'description'] as const).every(
    name => period[name] === incident[name],
  )
}
