import { READING_ORDER, type SeriesPage } from '@platen/database'
import type { NamedOrder } from '../cursor.ts'
import { pageToRead } from '../page.ts'
import { builder } from './builder.ts'
import { given } from './filter.ts'

export const SERIES_ORDER: NamedOrder = { name: 'reading', ...READING_ORDER }

export const Bucket = builder.enumType('Bucket', {
  description: 'A stretch of time in UTC, of which only the last reading is given.',
  values: { HOUR: { value: 'hour' }, DAY: { value: 'day' }, MONTH: { value: 'month' } } as const,
})

/** What every time series can be asked by. */
export const seriesArguments = builder.args(t => ({
  from: t.field({ type: 'DateTime', description: 'Readings at this time or later.' }),
  to: t.field({ type: 'DateTime', description: 'Readings before this time.' }),
  bucket: t.field({
    type: Bucket,
    description:
      'Only the last reading of each hour, day or month; those without one are left out.',
  }),
  first: t.int({ description: 'Readings of a page, 20 by default, 200 at most.' }),
  after: t.string({ description: 'The cursor of the reading after which the page begins.' }),
}))

interface SeriesArguments {
  from?: Date | null | undefined
  to?: Date | null | undefined
  bucket?: 'hour' | 'day' | 'month' | null | undefined
  first?: number | null | undefined
  after?: string | null | undefined
}

/** The part of a series to read. Throws badInput. */
export function seriesToRead({ from, to, bucket, first, after }: SeriesArguments): SeriesPage {
  const page = pageToRead({ first, after }, SERIES_ORDER)
  return { ...page, from: given(from), to: given(to), bucket: given(bucket) }
}
