import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { freePorts, startChild, untilReady } from '@platen/local'
import { askLocation } from '@platen/operator'
import { describe, expect, it } from 'vitest'
import { assetsAtHand } from '../../kubernetes/assets.ts'
import { makeCertificates } from '../../kubernetes/certificates.ts'
import { temporaryDirectory } from '../../support/directory.ts'
import { serve } from './object-store.ts'
import { CREDENTIALS, makeStoreKeys, type StoreKeys } from './store-keys.ts'

/** Not fetched for this: npm run cluster -- up does. */
const program = assetsAtHand(['versitygw'])?.versitygw
const needed = program
  ? ''
  : ' (skipped: versitygw is not in the cache; npm run cluster -- up gets it)'

describe.skipIf(!program)(`An object store of a region${needed}`, () => {
  it.each([
    { why: 'says where its buckets are', location: 'eu-west-3', expected: 'eu-west-3' },
    { why: 'is found out when it is abroad', location: 'us-west-2', expected: 'eu-west-3' },
    {
      why: 'is found out where S3 says nothing of it',
      location: 'us-east-1',
      expected: 'eu-west-3',
    },
  ])('$why', async ({ location, expected }) => {
    await using store = await startStore(location)
    const said = await ask(store, { location: expected })
    expect(said).toMatchObject({ kind: 'seen', location })
  })

  it('refuses whom it does not know, and is refused where its authority is not known', async () => {
    await using store = await startStore('eu-west-3')
    expect(await ask(store, { secret: 'another' })).toMatchObject({
      kind: 'unknown',
      message: expect.stringContaining('403 SignatureDoesNotMatch'),
    })
    expect(await ask(store, { bucket: 'others' })).toMatchObject({
      kind: 'unknown',
      message: expect.stringContaining('404 NoSuchBucket'),
    })
    expect(await ask(store, { authority: undefined })).toMatchObject({ kind: 'unknown' })
  })
})

interface Store extends AsyncDisposable {
  endpoint: string
  keys: StoreKeys
}

async function startStore(location: string): Promise<Store> {
  const [port = 0] = await freePorts(1)
  await using stack = new AsyncDisposableStack()
  const { path } = stack.use(temporaryDirectory())
  await makeCertificates(path)
  const keys = await makeStoreKeys(path, 'localhost')
  writeFileSync(join(path, 'tls.crt'), keys.certificate)
  writeFileSync(join(path, 'tls.key'), keys.key)
  const data = join(path, 'data')
  // As the init container makes it.
  mkdirSync(join(data, 'backups'), { recursive: true })
  const child = await startChild({
    name: 'versitygw',
    command: program ?? '',
    args: serve({ listen: `127.0.0.1:${port}`, certificate: path, location, data }),
    env: {
      ROOT_ACCESS_KEY_ID: keys.credentials[CREDENTIALS.id],
      ROOT_SECRET_ACCESS_KEY: keys.credentials[CREDENTIALS.secret],
    },
    logFile: join(path, 'versitygw.log'),
  })
  stack.defer(() => child.stop())
  const endpoint = `https://localhost:${port}`
  await untilReady(child, () => whyNotHealthy(endpoint, keys.authority))
  const all = stack.move()
  return { endpoint, keys, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

function whyNotHealthy(endpoint: string, ca: string): Promise<string | undefined> {
  return new Promise(resolve => {
    const outgoing = request(`${endpoint}/healthz`, { ca, agent: false }, incoming => {
      incoming.resume()
      resolve(incoming.statusCode === 200 ? undefined : `it answers ${incoming.statusCode}`)
    })
    outgoing.on('error', error => resolve(error.message))
    outgoing.end()
  })
}

interface Question {
  location?: string
  bucket?: string
  secret?: string
  authority?: string | undefined
}

function ask({ endpoint, keys }: Store, question: Question) {
  const { location, bucket, secret, authority } = {
    location: 'eu-west-3',
    bucket: 'backups',
    secret: keys.credentials[CREDENTIALS.secret],
    authority: keys.authority,
    ...question,
  }
  return askLocation(
    { endpoint, bucket, location },
    {
      credentials: { accessKeyId: keys.credentials[CREDENTIALS.id], secretAccessKey: secret },
      ...(authority !== undefined && { certificateAuthority: authority }),
      now: new Date(),
      signal: new AbortController().signal,
    },
  )
}
