import type { Sql } from './connect.ts'

/** How far PostgreSQL's archive is: https://www.postgresql.org/docs/18/monitoring-stats.html#MONITORING-PG-STAT-ARCHIVER-VIEW */
export interface ArchiveState {
  /** Seconds since a segment was archived, or since the statistics began. */
  age: number
  /** The last try failed. */
  failing: boolean
}

/** Undefined: nothing is archived here. */
export async function archiveState(sql: Sql): Promise<ArchiveState | undefined> {
  const [row] = await sql<ArchiveState[]>`
    select extract(epoch from clock_timestamp() - coalesce(last_archived_time, stats_reset))::float8 as age,
      coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) as failing
    from pg_stat_archiver where current_setting('archive_mode') <> 'off'`
  return row
}
