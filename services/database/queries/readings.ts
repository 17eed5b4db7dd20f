import type { Sql } from '../connect.ts'
import type { Fragment, Keyed, KeysetOrder } from './keyset.ts'

export type Bucket = 'hour' | 'day' | 'month'

/** Which part of a time series: `from` is included, `to` is not. */
export interface SeriesPage {
  from?: Date | undefined
  to?: Date | undefined
  /** Only the last reading of each hour, day or month (UTC) that has one. */
  bucket?: Bucket | undefined
  after?: readonly string[] | undefined
  limit: number
}

/** Oldest first. */
export const READING_ORDER: KeysetOrder = {
  columns: [{ by: 'observed_at', type: 'timestamptz' }],
}

/** One series for each device: `where` narrows `table` down to it. */
export interface SeriesSource {
  table: Fragment
  where: Fragment
  columns: Fragment
}

export interface ReadingRow extends Keyed {
  deviceId: string
  observedAt: Date
}

/** One page of the series of each of the devices, oldest first. */
export async function listReadings<T extends ReadingRow>(
  sql: Sql,
  deviceIds: readonly string[],
  source: SeriesSource,
  page: SeriesPage,
): Promise<T[]> {
  return sql<T[]>`
    select page.*
    from unnest(${[...deviceIds]}::uuid[]) as wanted (device_id),
    lateral (${page.bucket ? lastOfBuckets(sql, source, page, page.bucket) : every(sql, source, page)}) page
    order by page."deviceId", page."observedAt"`
}

const columns = (sql: Sql, source: SeriesSource) => sql`
  device_id as "deviceId", observed_at as "observedAt", array[observed_at::text] as key, ${source.columns}`

/** Two readings at the same instant count as one, so that the instant alone can be the cursor. */
function every(sql: Sql, source: SeriesSource, { from, to, after, limit }: SeriesPage): Fragment {
  return sql`
    select distinct on (observed_at) ${columns(sql, source)}
    from ${source.table}
    where device_id = wanted.device_id and ${source.where}
      and observed_at >= ${from ?? '-infinity'}::timestamptz
      and observed_at < ${to ?? 'infinity'}::timestamptz
      and observed_at > ${after?.[0] ?? '-infinity'}::text::timestamptz
    order by observed_at
    limit ${limit}::int`
}

/**
 * Leaps from bucket to bucket by the index, so that a page costs two look-ups a bucket, however many readings there
 * are: the first reading from `position` on gives the bucket; its last reading is the answer; the next `position` is
 * the bucket's end.
 */
function lastOfBuckets(sql: Sql, source: SeriesSource, page: SeriesPage, bucket: Bucket): Fragment {
  const { from, to, after, limit } = page
  const step = `1 ${bucket}`
  const until = sql`${to ?? 'infinity'}::timestamptz`
  const firstFrom = (position: Fragment) => sql`(
    select min(observed_at) from ${source.table}
    where device_id = wanted.device_id and ${source.where}
      and observed_at >= ${position} and observed_at < ${until})`
  const endOf = (instant: Fragment) =>
    sql`date_add(date_trunc(${bucket}, ${instant}, 'UTC'), ${step}::interval, 'UTC')`
  const start = sql`greatest(${from ?? '-infinity'}::timestamptz,
    ${after ? endOf(sql`${after[0] ?? ''}::text::timestamptz`) : sql`'-infinity'`})`
  return sql`
    with recursive bucket as (
      select ${firstFrom(start)} as first
      union all
      select ${firstFrom(endOf(sql`bucket.first`))} from bucket where bucket.first is not null
    )
    select last.*
    from bucket,
    lateral (
      select ${columns(sql, source)}
      from ${source.table}
      where device_id = wanted.device_id and ${source.where}
        and observed_at >= bucket.first and observed_at < least(${endOf(sql`bucket.first`)}, ${until})
      order by observed_at desc
      limit 1
    ) last
    limit ${limit}::int`
}
