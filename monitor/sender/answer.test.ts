import { parseXml } from '@platen/protocol'
import { describe, expect, it } from 'vitest'
import { readAnswer, refuseRequest } from './answer.ts'

const RECEIPT = 'receipt xmlns="urn:platen:report:1"'
const REFUSED = { epoch: 'e', seq: 2, code: 'unacceptable', reason: 'cannot store it' }

function error(type: string, condition: string, text = ''): string {
  return `<iq type="error"><error type="${type}"><${condition}/>${text}</error></iq>`
}

describe('an answer to a batch', () => {
  it.each([
    {
      why: 'a receipt ends what it does not refuse',
      iq: `<iq type="result"><${RECEIPT} stored="1"/></iq>`,
      means: { kind: 'stored', refused: [] },
    },
    {
      why: 'a receipt names what is refused for good',
      iq: `<iq type="result"><${RECEIPT} stored="1"><refused epoch="e" seq="2" code="unacceptable" reason="cannot store it"/></receipt></iq>`,
      means: { kind: 'stored', refused: [REFUSED] },
    },
    {
      why: 'only the ingest’s own refusal spoils a batch',
      iq: error('modify', 'bad-request', '<text>cannot decode batch</text>'),
      means: { kind: 'malformed', reason: 'cannot decode batch' },
    },
    {
      why: 'a server that does not like the stanza says nothing about its reports',
      iq: error('modify', 'policy-violation'),
      means: { kind: 'wait', condition: 'policy-violation' },
    },
    {
      why: 'the ingest is away',
      iq: error('cancel', 'service-unavailable'),
      means: { kind: 'wait', condition: 'service-unavailable' },
    },
    {
      why: 'the database is away',
      iq: error('wait', 'resource-constraint'),
      means: { kind: 'wait', condition: 'resource-constraint' },
    },
    {
      why: 'a result without a receipt proves nothing',
      iq: '<iq type="result"/>',
      means: { kind: 'wait', condition: 'no-receipt' },
    },
    {
      why: 'nor does a receipt that cannot be read',
      iq: `<iq type="result"><${RECEIPT} stored="many"/></iq>`,
      means: { kind: 'wait', condition: 'invalid-receipt' },
    },
    {
      why: 'nor an error without a reason',
      iq: '<iq type="error"/>',
      means: { kind: 'wait', condition: 'undefined-condition' },
    },
  ])('$why', ({ iq, means }) => {
    expect(readAnswer(parseXml(iq))).toEqual(means)
  })
})

it('a request to the monitor is refused, whatever stands in its addresses', () => {
  const attrs = { type: 'get', from: `a"'<&>é@x`, id: '"/><message/>' }
  const refusal = parseXml(refuseRequest({ name: 'iq', attrs, children: [] }))
  expect(refusal.attrs).toEqual({ type: 'error', to: attrs.from, id: attrs.id })
  expect(refusal.children).toHaveLength(1)
})
