import { badInput } from '../errors.ts'
import { builder } from './builder.ts'

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i

builder.scalarType('DateTime', {
  description: 'An instant as RFC 3339 writes it; answers are in UTC with milliseconds.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: instant => instant.toISOString(),
  parseValue: value => {
    const instant = new Date(typeof value === 'string' && RFC_3339.test(value) ? value : Number.NaN)
    if (instant.getTime() >= 0) return instant
    throw badInput(
      'cannot read the time: give RFC 3339 from 1970 on with a zone, e.g. 2026-11-23T08:00:00Z',
    )
  },
})

builder.scalarType('SafeInt', {
  description: 'A whole number from 0 to 2^53 - 1, which JSON holds exactly; counters outgrow Int.',
  serialize: value => value,
  parseValue: value => {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
    throw badInput('cannot read the number: give a whole one from 0 to 2^53 - 1')
  },
})
