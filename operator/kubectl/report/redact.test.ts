import { describe, expect, it } from 'vitest'
import { createRedact, redactLog, redactValue } from './redact.ts'

const redact = createRedact(['Hotel Sacher', 'Munich office', 'Müller & Söhne (Wien)', '  '])

describe('what might be about somebody goes', () => {
  it.each([
    {
      what: 'IPv4',
      text: 'to 10.11.12.13:5432, 192.168.1.20.',
      want: 'to [address]:5432, [address].',
    },
    { what: 'a network', text: 'in 10.0.0.0/8', want: 'in [address]/8' },
    { what: 'IPv6', text: 'at [2001:db8::17]:443', want: 'at [[address]]:443' },
    { what: 'IPv6 with a zone', text: 'at fe80::1%eth0 now', want: 'at [address] now' },
    { what: 'IPv4 in IPv6', text: 'from ::ffff:10.1.2.3', want: 'from [address]' },
    {
      what: 'a node called by its address',
      text: 'node ip-10-0-3-17.internal',
      want: 'node ip-[address].internal',
    },
    { what: 'MAC', text: 'mac 00:1b:a9:0c:22:f1 00-1B-A9-0C-22-F1', want: 'mac [mac] [mac]' },
    { what: "MAC as Cisco's", text: '001b.a90c.22f1', want: '[mac]' },
    { what: 'MAC without colons', text: 'is 001ba90c22f1 there', want: 'is [mac] there' },
    { what: 'e-mail', text: 'mail anna.huber+x@example.com!', want: 'mail [address]!' },
    { what: 'an account of XMPP', text: 'munich-1@acme.de.platen.example/1', want: '[address]/1' },
    {
      what: 'serial number',
      text: 'device VNB3K12345 and CN0A1B2C3D',
      want: 'device [serial] and [serial]',
    },
    {
      what: 'serial number of digits',
      text: '"serial":"7412345678"',
      want: '"serial":"[redacted]"',
    },
    {
      what: 'serial number in words',
      text: 'serial number 7412345678 is gone',
      want: 'serial number [redacted] is gone',
    },
    {
      what: 'password in JSON',
      text: '{"dbPassword":"a\\"b","x":1}',
      want: '{"dbPassword":"[redacted]","x":1}',
    },
    {
      what: 'password in quoted JSON',
      text: '{"msg":"{\\"password\\":\\"hunter2\\"}"}',
      want: '{"msg":"{\\"password\\":"[redacted]"}"}',
    },
    {
      what: 'password in an environment',
      text: 'PGPASSWORD=hunter2 psql',
      want: 'PGPASSWORD=[redacted] psql',
    },
    {
      what: 'community',
      text: 'community: "x", snmp community=public',
      want: 'community: "x", snmp community=[redacted]',
    },
    {
      what: 'password in a URL',
      text: 'postgres://platen:hunter2@database/platen',
      want: 'postgres://[credentials]@database/platen',
    },
    { what: "the API's token", text: `platen_${'aB3-'.repeat(10)} used`, want: '[token] used' },
    {
      what: 'a header',
      text: 'authorization: Bearer abc.def',
      want: 'authorization: Bearer [token]',
    },
    {
      what: 'a token of an account',
      text: 'got eyJhbGciOiJSUzI1.eyJpc3MiOi.x-y_z',
      want: 'got [token]',
    },
    { what: "an object store's key", text: 'id AKIAIOSFODNN7EXAMPLE', want: 'id [key]' },
    {
      what: 'a private key',
      text: 'x -----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY----- y',
      want: 'x [pem] y',
    },
    {
      what: 'a private key that was cut',
      text: 'x -----BEGIN EC PRIVATE KEY-----\nMIIB',
      want: 'x [pem]',
    },
    {
      what: 'names that are known',
      text: 'site munich OFFICE of Hotel Sacher, Müller & Söhne (Wien)',
      want: 'site [name] of [name], [name]',
    },
    { what: 'a host name', text: '"hostName":"anna-laptop"', want: '"hostName":"[redacted]"' },
    {
      what: 'a value that PostgreSQL quotes',
      text: 'invalid input syntax for type inet: "printer7"',
      want: 'invalid input syntax for type inet: "[value]"',
    },
    {
      what: 'a row in JSON',
      text: '{"detail":"Key (serial)=(A1) exists"}',
      want: '{"detail":"[left out]"}',
    },
  ])('$what', ({ text, want }) => {
    expect(redact(text)).toBe(want)
  })
})

describe('what support needs stays', () => {
  it.each([
    'listening on 127.0.0.1:8080 and [::]:8443',
    '2026-11-29T06:10:00.123Z took 12:34:56',
    'image registry.example.com/platen/platen-api@sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0',
    'uid 6f1c1c1e-0000-4000-8000-00000000000a',
    'rotate all@2026-11-29T061000Z',
    'pod ingest-7d9c6b5f4d-x2x9z on node-3',
    'cannot connect: ECONNREFUSED, exit status 137, v1.37.2',
    'role platen_ingest, Secret database-api',
    'LSN 0/16B3748, 524288000 bytes',
    'Foo::bar std::vector',
  ])('%s', text => {
    expect(redact(text)).toBe(text)
  })
})

it('lines in which PostgreSQL quotes what was stored are left out, with the lines that go on', () => {
  const log = [
    '2026-11-29T06:00:00Z ERROR:  duplicate key value violates unique constraint "device_pkey"',
    '2026-11-29T06:00:00Z DETAIL:  Key (name)=(Anna) already exists.',
    '2026-11-29T06:00:00Z STATEMENT:  insert into device',
    "2026-11-29T06:00:00Z \tvalues ('Anna')",
    '2026-11-29T06:00:01Z LOG:  checkpoint complete',
  ].join('\n')
  expect(redactLog(log, redact)).toBe(
    [
      '2026-11-29T06:00:00Z ERROR:  duplicate key value violates unique constraint "device_pkey"',
      '2026-11-29T06:00:00Z DETAIL:  [left out]',
      '2026-11-29T06:00:00Z STATEMENT:  [left out]',
      '2026-11-29T06:00:01Z LOG:  checkpoint complete',
    ].join('\n'),
  )
})

it('values are looked through to the ground', () => {
  expect(redactValue({ a: ['10.1.1.1', { b: 'Hotel Sacher' }], n: 3, z: null }, redact)).toEqual({
    a: ['[address]', { b: '[name]' }],
    n: 3,
    z: null,
  })
})
