import { createHash, createHmac } from 'node:crypto'

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
}

export interface S3Request {
  url: URL
  /** What the object store calls its region; part of the signature. */
  region: string
  credentials: Credentials
  now: Date
}

const NO_CONTENT = createHash('sha256').update('').digest('hex')

/**
 * The headers of a signed GET without content, by AWS Signature Version 4:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html. Paths and parameters have to be of
 * letters, digits and `-._/=&`, which need no encoding; bucket names are.
 */
export function signGet({ url, region, credentials, now }: S3Request): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`
  const headers = { host: url.host, 'x-amz-content-sha256': NO_CONTENT, 'x-amz-date': time }
  const names = Object.keys(headers).sort().join(';')
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`)
  const request = ['GET', url.pathname, url.search.slice(1), lines.join(''), names, NO_CONTENT]
  const digest = createHash('sha256').update(request.join('\n')).digest('hex')
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`)
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, digest].join('\n')).toString('hex')
  const { host: _, ...sent } = headers
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  }
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
