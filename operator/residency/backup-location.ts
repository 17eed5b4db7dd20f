import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { printable } from '@platen/ledger'
import type { Region } from '../resources/region.ts'
import { type Credentials, signGet } from './sigv4.ts'

/** What the object store says about a bucket, named as `bucketName` does. */
export type BackupLocation =
  | { kind: 'seen'; bucket: string; location: string; at: Date }
  /** It did not say; the message is a sentence with what to do. */
  | { kind: 'unknown'; message: string }

export interface StoreAccess {
  credentials: Credentials
  /** PEM: who vouches for the store. Absent: those that Node trusts. */
  certificateAuthority?: string
  now: Date
  signal: AbortSignal
}

/** Of the store's whole answer. */
const TIMEOUT_MS = 10_000
const ANSWER_LENGTH = 64 * 1024

export type Bucket = Pick<NonNullable<Region['spec']['backup']>, 'endpoint' | 'bucket' | 'location'>

/**
 * Asks the object store where the bucket is (GetBucketLocation). Never throws, and no credential is in its messages.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
 */
export async function askLocation(backup: Bucket, access: StoreAccess): Promise<BackupLocation> {
  try {
    const answer = await ask(backup, access, backup.location)
    // A bucket elsewhere: the store refuses the signature and says which region it should have been for.
    const elsewhere = answer.status >= 300 && regionOf(answer)
    return locationOf(
      elsewhere && elsewhere !== backup.location ? await ask(backup, access, elsewhere) : answer,
      backup,
      access.now,
    )
  } catch (error) {
    return unknown(backup, error instanceof Error ? error.message : String(error))
  }
}

interface Answer {
  status: number
  body: string
  /** `x-amz-bucket-region` */
  region: string | undefined
}

async function ask(backup: Bucket, access: StoreAccess, region: string): Promise<Answer> {
  const { credentials, certificateAuthority: ca, now, signal } = access
  const url = new URL(`${backup.endpoint.replace(/\/+$/, '')}/${backup.bucket}?location=`)
  const headers = signGet({ url, region, credentials, now })
  const ended = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
  return await new Promise((resolve, reject) => {
    const trust = ca === undefined ? {} : { ca }
    const outgoing = request(url, { headers, signal: ended, ...trust }, incoming => {
      let length = 0
      incoming.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length > ANSWER_LENGTH) incoming.destroy(new Error('its answer has no end'))
      })
      const answered = (body: string) =>
        resolve({
          status: incoming.statusCode ?? 500,
          body,
          region: incoming.headers['x-amz-bucket-region']?.toString(),
        })
      text(incoming).then(answered, reject)
    })
    outgoing.on('error', error => reject(ended.aborted ? new Error('no answer in time') : error))
    outgoing.end()
  })
}

/** Where a refusal says that the bucket is. */
function regionOf({ body, region }: Answer): string | undefined {
  return region ?? /<Region>([^<]+)<\/Region>/.exec(body)?.[1]
}

function locationOf(answer: Answer, backup: Bucket, now: Date): BackupLocation {
  const { status, body } = answer
  if (status !== 200) return unknown(backup, refusalOf(answer))
  const found = /<LocationConstraint\b[^>]*?(?:\/>|>([^<]*)<\/LocationConstraint>)/.exec(body)
  if (!found) return unknown(backup, 'its answer is none of an S3 object store')
  const stated = found[1]?.trim() ?? ''
  return { kind: 'seen', bucket: bucketName(backup), location: modern(stated), at: now }
}

/** What was said of one bucket says nothing about another. */
export function bucketName({ endpoint, bucket }: Pick<Bucket, 'endpoint' | 'bucket'>): string {
  return `${endpoint}/${bucket}`
}

/** What the store said last of a bucket, as `status.backup` of a Region has it. */
export type BucketSeen = NonNullable<NonNullable<Region['status']>['backup']>

/**
 * Whether anything may be sent to the bucket: the store said of this very bucket, last, that it is where the Region says.
 * A store that is away says nothing new; a bucket that nobody asked about yet gets nothing.
 */
export function mayBackUp(wanted: Bucket | undefined, seen: BucketSeen | undefined): boolean {
  if (!wanted || seen?.bucket !== bucketName(wanted)) return false
  return seen.location === wanted.location
}

/** Two locations are older than their names. */
function modern(location: string): string {
  if (location === '') return 'us-east-1'
  return location === 'EU' ? 'eu-west-1' : location
}

function refusalOf({ status, body }: Answer): string {
  const code = /<Code>([^<]+)<\/Code>/.exec(body)?.[1]
  const advice = ADVICE[code ?? ''] ?? ''
  return `it answers ${status}${code ? ` ${code}` : ''}${advice}`
}

const ADVICE: Record<string, string> = {
  AccessDenied: '; allow s3:GetBucketLocation to the credentials',
  NoSuchBucket: '; create the bucket',
  InvalidAccessKeyId: '; renew the credentials Secret',
  SignatureDoesNotMatch: '; renew the credentials Secret',
  RequestTimeTooSkewed: '; set the clocks',
}

function unknown({ endpoint, bucket }: Bucket, why: string): BackupLocation {
  const message = `cannot ask ${new URL(endpoint).host} where the bucket ${bucket} is: ${why}`
  return { kind: 'unknown', message: printable(message) }
}
