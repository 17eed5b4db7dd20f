import { expect, it } from 'vitest'
import { readAnswer } from './answer.ts'

const GOOD = {
  user: 'berlin-1',
  domain: 'acme.example',
  xmppPort: 5222,
  certificateAuthority: null,
  licence: 'e30.e30.AA',
  licencePublicKey: '-----BEGIN PUBLIC KEY-----',
}

const refusal = (code: string) => JSON.stringify({ errors: [{ extensions: { code } }] })

it('takes what a tenant gives, and nothing else of it', () => {
  const answer = readAnswer(200, JSON.stringify({ ...GOOD, more: 1 }))
  expect(answer).toEqual({ kind: 'enrolled', enrolled: GOOD })
})

it.each([
  { status: 403, code: 'CODE_UNKNOWN', says: 'look whether both are right' },
  { status: 410, code: 'CODE_USED', says: 'used already; ask for a new one' },
  { status: 410, code: 'CODE_EXPIRED', says: 'expired; ask for a new one' },
])('is refused for good by $code', ({ status, code, says }) => {
  expect(readAnswer(status, refusal(code))).toEqual({
    kind: 'refused',
    reason: expect.stringContaining(says),
  })
})

it.each([
  { why: 'a proxy forbids it', status: 403, text: '<html>Forbidden</html>' },
  { why: 'a proxy answers in JSON', status: 403, text: '{"errors":[{"message":"no"}]}' },
  { why: 'the errors are no list', status: 410, text: '{"errors":{"0":1}}' },
  { why: 'there are no errors', status: 410, text: 'null' },
  { why: 'too many ask', status: 429, text: refusal('TOO_MANY_REQUESTS') },
  { why: 'the database is away', status: 503, text: refusal('UNAVAILABLE') },
  { why: 'an older API knows no enrolment', status: 404, text: refusal('NOT_FOUND') },
  { why: 'a page wants a log-in', status: 302, text: '' },
])('asks again when $why', ({ status, text }) => {
  expect(readAnswer(status, text)).toEqual({
    kind: 'trouble',
    reason: `the answer has the status ${status}`,
  })
})

it.each([
  { why: 'a page', body: '<html>' },
  { why: 'no object', body: '[1]' },
  { why: 'null', body: 'null' },
  { why: 'no user', body: { ...GOOD, user: undefined } },
  { why: 'an empty domain', body: { ...GOOD, domain: '' } },
  { why: 'a port that is none', body: { ...GOOD, xmppPort: 70_000 } },
  { why: 'a port in words', body: { ...GOOD, xmppPort: '5222' } },
  { why: 'no authority', body: { ...GOOD, certificateAuthority: undefined } },
  { why: 'an authority that is none', body: { ...GOOD, certificateAuthority: 'PEM' } },
  { why: 'no licence', body: { ...GOOD, licence: null } },
])('asks again when the answer is $why', ({ body }) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  expect(readAnswer(200, text)).toMatchObject({
    kind: 'trouble',
    reason: expect.stringContaining('check PLATEN_ENROL_URL'),
  })
})
