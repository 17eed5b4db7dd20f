import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type S3Answer,
  type SimulatedS3,
  startSimulatedS3,
} from '../../test/support/simulated-s3.ts'
import { askLocation, mayBackUp } from './backup-location.ts'

const credentials = { accessKeyId: 'PLATEN', secretAccessKey: 'a secret that nobody shall read' }
const good: S3Answer = { bucket: 'backups', location: 'eu-de', ...credentials }

/** Who is vouched for outside of this file. */
const publicOnes = getCACertificates('default')

let store: SimulatedS3
beforeAll(async () => {
  store = await startSimulatedS3(good)
  setDefaultCACertificates([...publicOnes, store.ca])
})
afterAll(async () => {
  setDefaultCACertificates(publicOnes)
  await store[Symbol.asyncDispose]()
})

const now = new Date('2026-11-23T04:00:00Z')

function ask(answer: Partial<S3Answer> = {}, changes = {}, signal = new AbortController().signal) {
  store.answer = { ...good, ...answer }
  const backup = {
    endpoint: store.endpoint,
    bucket: 'backups',
    location: 'eu-de',
    ...changes,
  }
  return askLocation(backup, { credentials, now, signal })
}

it.each<{ why: string; answer: Partial<S3Answer>; location: string }>([
  { why: 'The store says where the bucket is.', answer: {}, location: 'eu-de' },
  {
    why: 'A bucket abroad is told as what it is.',
    answer: { location: 'us-west-2' },
    location: 'us-west-2',
  },
  { why: 'An empty location is the oldest one.', answer: { location: '' }, location: 'us-east-1' },
  { why: 'EU is an older name of eu-west-1.', answer: { location: 'EU' }, location: 'eu-west-1' },
  {
    why: 'A store that wants another region in the signature says which, and is asked again.',
    answer: { location: 'us-west-2', signedFor: 'us-west-2' },
    location: 'us-west-2',
  },
])('$why', async ({ answer, location }) => {
  expect(await ask(answer)).toMatchObject({
    kind: 'seen',
    bucket: expect.stringMatching(/^https:.*\/backups$/),
    location,
    at: now,
  })
})

it.each<{ why: string; answer: Partial<S3Answer>; message: RegExp }>([
  {
    why: 'A wrong secret is refused by the signature.',
    answer: { secretAccessKey: 'another' },
    message: /403 SignatureDoesNotMatch; renew the credentials Secret$/,
  },
  {
    why: 'An unknown key is refused.',
    answer: { accessKeyId: 'ANOTHER' },
    message: /403 InvalidAccessKeyId; renew/,
  },
  {
    why: 'A missing bucket is said.',
    answer: { bucket: 'other' },
    message: /404 NoSuchBucket; create the bucket$/,
  },
  {
    why: 'A page of a proxy is no answer of an object store.',
    answer: { raw: { status: 200, body: '<html>Welcome</html>' } },
    message: /its answer is none of an S3 object store$/,
  },
  {
    why: 'An answer without end is not read to its end.',
    answer: { raw: { status: 200, body: 'x'.repeat(1_000_000) } },
    message: /its answer has no end$/,
  },
  {
    why: 'A broken store is told as one.',
    answer: { raw: { status: 503, body: '' } },
    message: /it answers 503$/,
  },
])('$why', async ({ answer, message }) => {
  const said = await ask(answer)
  expect(said).toMatchObject({ kind: 'unknown', message: expect.stringMatching(message) })
  expect(JSON.stringify(said)).not.toContain(credentials.secretAccessKey)
})

it('A store that is not there is told as one.', async () => {
  const said = await ask({}, { endpoint: 'https://localhost:1' })
  expect(said).toMatchObject({ kind: 'unknown', message: expect.stringContaining('ECONNREFUSED') })
})

it('A store whose certificate nobody vouches for is not asked.', async () => {
  await using other = await startSimulatedS3(good)
  expect(await ask({}, { endpoint: other.endpoint })).toMatchObject({
    kind: 'unknown',
    message: expect.stringContaining('self-signed'),
  })
  expect(other.asked).toBe(0)
})

it('A store whose certificate the given authority vouches for is asked.', async () => {
  await using other = await startSimulatedS3(good)
  const backup = { endpoint: other.endpoint, bucket: 'backups', location: 'eu-de' }
  const { signal } = new AbortController()
  const access = { credentials, certificateAuthority: other.ca, now, signal }
  expect(await askLocation(backup, access)).toMatchObject({ kind: 'seen', location: 'eu-de' })
  expect(await askLocation({ ...backup, endpoint: store.endpoint }, access)).toMatchObject({
    kind: 'unknown',
  })
})

it('A store that hangs ends with the signal.', async () => {
  const said = await ask({ hangs: true }, {}, AbortSignal.timeout(200))
  expect(said).toMatchObject({
    kind: 'unknown',
    message: expect.stringContaining('no answer in time'),
  })
})

const wanted = { endpoint: 'https://s3.example', bucket: 'backups', location: 'eu-de' }
const seen = { bucket: 'https://s3.example/backups', location: 'eu-de' }

it.each<{ why: string; of: Parameters<typeof mayBackUp>; may: boolean }>([
  { why: 'The store said that the bucket is there.', of: [wanted, seen], may: true },
  { why: 'Nobody asked yet.', of: [wanted, undefined], may: false },
  {
    why: 'The store said that it is elsewhere.',
    of: [wanted, { ...seen, location: 'us-east-1' }],
    may: false,
  },
  {
    why: 'The Region says another place than before.',
    of: [{ ...wanted, location: 'eu-fr' }, seen],
    may: false,
  },
  {
    why: 'What was said of the bucket before is not said of this one.',
    of: [{ ...wanted, bucket: 'others' }, seen],
    may: false,
  },
  {
    why: 'A bucket of the same name in another store is another one.',
    of: [{ ...wanted, endpoint: 'https://s3.other' }, seen],
    may: false,
  },
  { why: 'The Region has no backup any more.', of: [undefined, seen], may: false },
])('may be backed up: $may. $why', ({ of, may }) => {
  expect(mayBackUp(...of)).toBe(may)
})
