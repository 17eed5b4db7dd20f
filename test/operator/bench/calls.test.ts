import { expect, it } from 'vitest'
import type { AuditedRequest } from '../../kubernetes/index.ts'
import { between, callsTable, objectsIn, purposeOf, writesFor, writtenAgain } from './calls.ts'

const request = (parts: Partial<AuditedRequest>): AuditedRequest => ({
  user: 'operator',
  verb: 'apply',
  resource: 'services',
  namespace: 'tenant-a',
  name: 'api',
  code: 200,
  at: 0,
  ...parts,
})

it.each([
  { why: 'an apply writes the object', parts: {}, is: 'object' },
  { why: 'reading writes nothing', parts: { verb: 'watch' }, is: undefined },
  { why: 'a status is written apart', parts: { subresource: 'status' }, is: 'status' },
  { why: 'another subresource is the object', parts: { subresource: 'scale' }, is: 'object' },
  { why: 'events are told apart', parts: { verb: 'create', resource: 'events' }, is: 'event' },
  { why: 'a lease is renewed for ever', parts: { resource: 'leases' }, is: 'lease' },
  {
    why: 'a review asks a question by a POST',
    parts: { verb: 'create', resource: 'selfsubjectreviews' },
    is: undefined,
  },
])('$why', ({ parts, is }) => {
  expect(purposeOf(request(parts))).toBe(is)
})

it('tells which objects were written more than once, across namespaces', () => {
  const writes = ['tenant-a', 'tenant-a', 'tenant-b', 'tenant-b', 'tenant-b'].map(namespace =>
    request({ namespace }),
  )
  expect(objectsIn(writes)).toBe(2)
  expect(writtenAgain(writes)).toEqual([['apply services/api', 3]])
})

it('counts a time without its end', () => {
  const requests = [1, 2, 3].map(at => request({ at }))
  expect(between(requests, 1, 3).map(({ at }) => at)).toEqual([1, 2])
})

it('prints calls by verb and purpose, with refused ones apart', () => {
  const requests = [request({}), request({ code: 409 }), request({ subresource: 'status' })]
  expect(writesFor(requests, 'object')).toHaveLength(2)
  expect(callsTable([['seen', requests]], 2)).toBe(
    [
      '| API calls of the operator | seen | a tenant |',
      '| ------------------------: | ---: | -------: |',
      '|                     apply |    1 |     0.50 |',
      '|            apply (status) |    1 |     0.50 |',
      '|                apply, 409 |    1 |     0.50 |',
      '',
    ].join('\n'),
  )
})
