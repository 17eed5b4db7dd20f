import type { MonitorHealth } from '@platen/protocol'
import type { Transaction } from '../connect.ts'
import type { Entry, MonitorRow } from './entry.ts'

/** Notes that the monitors were heard of now, and their own health where a report tells newer. They must be locked. */
export async function updateMonitors(
  tx: Transaction,
  monitors: MonitorRow[],
  entries: Entry[],
): Promise<void> {
  const latest = monitors.map(monitor => latestHealth(monitor, entries))
  const column = (name: keyof MonitorHealth) => latest.map(found => found?.health[name] ?? null)
  await tx`
    update monitor set
      last_contact_at = greatest(last_contact_at, now()),
      observed_at = coalesce(new.observed_at, monitor.observed_at),
      version = coalesce(new.version, monitor.version),
      started_at = coalesce(new.started_at, monitor.started_at),
      devices = coalesce(new.devices, monitor.devices),
      unreadable = coalesce(new.unreadable, monitor.unreadable),
      sweeps = coalesce(new.sweeps, monitor.sweeps),
      outbox_reports = coalesce(new.outbox_reports, monitor.outbox_reports),
      outbox_bytes = coalesce(new.outbox_bytes, monitor.outbox_bytes),
      thinned = coalesce(new.thinned, monitor.thinned)
    from unnest(
      ${monitors.map(({ id }) => id)}::uuid[],
      ${latest.map(found => found?.observedAt ?? null)}::timestamptz[],
      ${column('version')}::text[], ${column('startedAt')}::timestamptz[], ${column('devices')}::integer[],
      ${column('unreadable')}::integer[], ${column('sweeps')}::integer[], ${column('outboxReports')}::integer[],
      ${column('outboxBytes')}::bigint[], ${column('thinned')}::bigint[]
    ) as new(id, observed_at, version, started_at, devices, unreadable, sweeps, outbox_reports, outbox_bytes, thinned)
    where monitor.id = new.id`
}

interface ObservedHealth {
  observedAt: string
  health: MonitorHealth
}

function latestHealth(monitor: MonitorRow, entries: Entry[]): ObservedHealth | undefined {
  let last: ObservedHealth | undefined
  for (const { monitor: sender, report } of entries) {
    const { observedAt, monitor: health } = report
    if (!health || sender.id !== monitor.id) continue
    if (observedAt >= (last?.observedAt ?? monitor.observedAt ?? '')) last = { observedAt, health }
  }
  return last
}
