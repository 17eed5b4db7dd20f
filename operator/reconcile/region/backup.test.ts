import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type S3Answer,
  type SimulatedS3,
  startSimulatedS3,
} from '../../../test/support/simulated-s3.ts'
import { BACKUP_KEYS } from '../../names.ts'
import { BACKUP_CREDENTIALS } from '../../secrets/copies.ts'
import { type Asked, askStore } from './backup.ts'

const credentials = { accessKeyId: 'PLATEN', secretAccessKey: 'nobody shall read this' }
const good: S3Answer = { bucket: 'backups', location: 'eu-de', ...credentials }
const MINUTE = 60_000
const at = Date.parse('2026-11-29T08:00:00Z')

let store: SimulatedS3
beforeAll(async () => {
  store = await startSimulatedS3(good)
})
afterAll(() => store[Symbol.asyncDispose]())

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** What is known after a good answer, and one that came later. */
async function known(answer: Partial<S3Answer>, { afterMs = 0, bucket = 'backups' } = {}) {
  const data = {
    [BACKUP_KEYS.id]: base64(credentials.accessKeyId),
    [BACKUP_KEYS.secret]: base64(credentials.secretAccessKey),
    [BACKUP_KEYS.authority]: base64(store.ca),
  }
  const copies = [{ name: BACKUP_CREDENTIALS, type: 'Opaque', data, revision: '1' }]
  const context: Asked = { copies }
  const { signal } = new AbortController()
  const wanted = { endpoint: store.endpoint, bucket: 'backups', location: 'eu-de' }
  store.answer = good
  await askStore(context, wanted, { now: new Date(at), signal })
  store.answer = { ...good, ...answer }
  await askStore(context, { ...wanted, bucket }, { now: new Date(at + afterMs), signal })
  return context.backup
}

const away = { raw: { status: 503, body: '' } }

it.each([
  { why: 'a store that is away takes nothing back', answer: away, options: { afterMs: MINUTE } },
  { why: 'one that says it again', answer: {}, options: { afterMs: 120 * MINUTE } },
])('the bucket is where it was: $why', async ({ answer, options }) => {
  expect(await known(answer, options)).toMatchObject({ kind: 'seen', location: 'eu-de' })
})

it.each([
  { why: 'the answer is too old', answer: away, options: { afterMs: 61 * MINUTE } },
  { why: 'it was about another bucket', answer: away, options: { bucket: 'another' } },
])('nobody knows where the bucket is: $why', async ({ answer, options }) => {
  expect(await known(answer, options)).toMatchObject({ kind: 'unknown' })
})

it('another location counts at once', async () => {
  expect(await known({ location: 'us-east-1' })).toMatchObject({ location: 'us-east-1' })
})
