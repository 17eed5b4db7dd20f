import { NAMESPACE, parseXml } from '@platen/protocol'
import { expect, it } from 'vitest'
import { errorIq, readStanza, resultIq } from './stanza.ts'

const DOMAIN = 'platen.localhost'
const BATCH = `<batch xmlns="${NAMESPACE}"/>`

function read(attributes: string, payload: string, name = 'iq') {
  return readStanza(parseXml(`<${name} ${attributes}>${payload}</${name}>`), DOMAIN)
}

it('takes a batch from an account of the domain, whose local part names the monitor', () => {
  const request = read(`type="set" from="acme-1@${DOMAIN}/box" id="1"`, BATCH)
  expect(request).toMatchObject({ kind: 'batch', monitor: 'acme-1', batch: { name: 'batch' } })
})

it.each([
  { from: 'acme-1@elsewhere.example/box', why: 'another domain' },
  { from: `acme-1@sub.${DOMAIN}/box`, why: 'a subdomain' },
  { from: `acme-1@${DOMAIN}`, why: 'a bare address is the server speaking for the account' },
  { from: `${DOMAIN}/box`, why: 'no account' },
  { from: `@${DOMAIN}/box`, why: 'an empty account' },
  { from: `elsewhere.example/a@${DOMAIN}/b`, why: 'an address inside a resource' },
  { from: '', why: 'nobody' },
])('forbids "$from": $why', ({ from }) => {
  const request = read(`type="set" from="${from}" id="1"`, BATCH)
  expect(request).toMatchObject({ kind: 'answer', xml: expect.stringContaining('<forbidden ') })
})

it.each([
  {
    type: 'get',
    payload: '<ping xmlns="urn:xmpp:ping"/>',
    answer: 'type="result"',
    why: 'XEP-0199',
  },
  { type: 'get', payload: '<query xmlns="jabber:iq:version"/>', answer: '<service-unavailable ' },
  { type: 'get', payload: BATCH, answer: '<service-unavailable ', why: 'a batch is set' },
  { type: 'set', payload: '<batch xmlns="urn:other"/>', answer: '<service-unavailable ' },
  { type: 'set', payload: BATCH + BATCH, answer: '<bad-request ', why: 'one child, says RFC 6120' },
  { type: 'set', payload: '', answer: '<bad-request ', why: 'one child, says RFC 6120' },
])('answers $type of $payload with $answer', ({ type, payload, answer }) => {
  const request = read(`type="${type}" from="acme-1@${DOMAIN}/box" id="1"`, payload)
  expect(request).toMatchObject({ kind: 'answer', xml: expect.stringContaining(answer) })
})

it.each([
  { name: 'iq', attributes: `type="result" from="acme-1@${DOMAIN}/box" id="1"` },
  { name: 'iq', attributes: 'type="error" from="elsewhere.example" id="1"' },
  { name: 'presence', attributes: `type="unavailable" from="acme-1@${DOMAIN}/box"` },
  { name: 'message', attributes: `from="acme-1@${DOMAIN}/box"` },
])(
  'does not answer $name $attributes: an answer would be answered in turn',
  ({ name, attributes }) => {
    expect(read(attributes, '', name)).toEqual({ kind: 'nothing' })
  },
)

it('writes answers that swap the addresses and survive every character in them', () => {
  const odd = `a'"<>&\u00e9`
  const request = {
    name: 'iq',
    attrs: { from: `x@y/${odd}`, to: 'ingest.y', id: odd },
    children: [],
  }
  expect(parseXml(resultIq(request, ''))).toMatchObject({
    attrs: { type: 'result', to: `x@y/${odd}`, from: 'ingest.y', id: odd },
  })
  expect(parseXml(errorIq(request, 'bad-request', odd))).toMatchObject({
    attrs: { type: 'error', to: `x@y/${odd}`, id: odd },
    children: [
      {
        attrs: { type: 'modify' },
        children: [{ name: 'bad-request' }, { name: 'text', children: [odd] }],
      },
    ],
  })
})
