import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'

/** Stands for an S3 object store that is asked where its bucket is, and can answer badly. It stores nothing. */
export interface SimulatedS3 extends AsyncDisposable {
  /** `https://localhost:PORT` */
  endpoint: string
  /** PEM that clients have to trust. */
  ca: string
  /** What it tells; can be changed while it runs. */
  answer: S3Answer
  /** How often it was asked. */
  asked: number
}

export interface S3Answer {
  bucket: string
  /** As `LocationConstraint` has it; empty: us-east-1. */
  location: string
  /** For which region a request has to be signed; undefined: for any. */
  signedFor?: string
  accessKeyId: string
  secretAccessKey: string
  /** Instead of all this. */
  raw?: { status: number; body: string }
  /** No answer ever comes. */
  hangs?: boolean
}

export async function startSimulatedS3(answer: S3Answer): Promise<SimulatedS3> {
  const pem = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  })
  const store: Omit<SimulatedS3, 'endpoint' | typeof Symbol.asyncDispose> = {
    ca: pem.cert,
    answer,
    asked: 0,
  }
  const server = createServer({ cert: pem.cert, key: pem.private }, (incoming, outgoing) => {
    store.asked += 1
    if (store.answer.hangs) return
    const { status, body } = store.answer.raw ?? answerTo(incoming, store.answer)
    outgoing.writeHead(status, { 'content-type': 'application/xml' }).end(body)
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return Object.assign(store, {
    endpoint: `https://localhost:${port}`,
    [Symbol.asyncDispose]: () => stop(server),
  })
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}

function answerTo(request: IncomingMessage, answer: S3Answer): { status: number; body: string } {
  const refusal = whyRefused(request, answer)
  if (refusal)
    return { status: 403, body: `<Error><Code>${refusal.code}</Code>${refusal.more ?? ''}</Error>` }
  if (request.url !== `/${answer.bucket}?location=`) {
    return { status: 404, body: '<Error><Code>NoSuchBucket</Code></Error>' }
  }
  const open =
    '<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
  const body = answer.location ? `${open}>${answer.location}</LocationConstraint>` : `${open}/>`
  return { status: 200, body }
}

/** Checks the signature by the steps of the documentation, from what came over the wire. */
function whyRefused(
  { method, url = '', headers }: IncomingMessage,
  answer: S3Answer,
): { code: string; more?: string } | undefined {
  const [, id, date, region, names, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? []
  if (!id || !date || !region || !names) return { code: 'AccessDenied' }
  if (id !== answer.accessKeyId) return { code: 'InvalidAccessKeyId' }
  if (answer.signedFor !== undefined && region !== answer.signedFor) {
    return { code: 'AuthorizationHeaderMalformed', more: `<Region>${answer.signedFor}</Region>` }
  }
  const [path, query = ''] = url.split('?')
  const signed = names.split(';').map(name => `${name}:${headers[name]}\n`)
  const canonical = `${method}\n${path}\n${query}\n${signed.join('')}\n${names}\n${headers['x-amz-content-sha256']}`
  const hash = createHash('sha256').update(canonical).digest('hex')
  const text = `AWS4-HMAC-SHA256\n${headers['x-amz-date']}\n${date}/${region}/s3/aws4_request\n${hash}`
  const mac = (key: string | Buffer, data: string) =>
    createHmac('sha256', key).update(data).digest()
  const key = mac(
    mac(mac(mac(`AWS4${answer.secretAccessKey}`, date), region), 's3'),
    'aws4_request',
  )
  return mac(key, text).toString('hex') === signature
    ? undefined
    : { code: 'SignatureDoesNotMatch' }
}
