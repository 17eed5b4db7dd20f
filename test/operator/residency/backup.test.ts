import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { describeKubernetes } from '../../kubernetes/index.ts'
import { temporaryDirectory } from '../../support/directory.ts'
import { type SimulatedS3, startSimulatedS3 } from '../../support/simulated-s3.ts'
import {
  type Country,
  ledgerOf,
  regionNamed,
  startCountry,
  type TenantSeen,
  tenantNamed,
} from './country.ts'

const WITHIN = { timeout: 60_000, interval: 250 }
const credentials = { accessKeyId: 'PLATEN', secretAccessKey: 'a-secret-that-nobody-shall-read' }

describeKubernetes('backups abroad, with a running operator', () => {
  const stack = new AsyncDisposableStack()
  let store: SimulatedS3
  let country: Country

  async function until(wanted: object): Promise<TenantSeen> {
    return await vi.waitFor(async () => {
      const seen = await country.tenant('acme')
      expect(seen).toMatchObject(wanted)
      return seen
    }, WITHIN)
  }

  async function restartOperator(): Promise<void> {
    await country.stopOperator()
    await country.startOperator()
  }

  beforeAll(async () => {
    const directory = stack.use(temporaryDirectory())
    store = stack.use(
      await startSimulatedS3({ bucket: 'backups', location: 'eu-de', ...credentials }),
    )
    const ca = join(directory.path, 'store.pem')
    writeFileSync(ca, store.ca)
    country = stack.use(await startCountry({ NODE_EXTRA_CA_CERTS: ca }))
    const backup = {
      endpoint: store.endpoint,
      bucket: 'backups',
      location: 'eu-de',
      credentialsSecretRef: { name: 'store' },
    }
    await country.cluster.kubectl(['apply', '-f', '-'], {
      input: [regionNamed('de', { backup }), tenantNamed('acme')],
    })
    await country.startOperator()
    await vi.waitFor(
      () => country.cluster.kubectl(['get', 'namespace', 'platen-region-de']),
      WITHIN,
    )
    const secret = ['create', 'secret', 'generic', 'store', '-n', 'platen-region-de']
    const { accessKeyId, secretAccessKey } = credentials
    await country.cluster.kubectl([
      ...secret,
      `--from-literal=AWS_ACCESS_KEY_ID=${accessKeyId}`,
      `--from-literal=AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
    ])
    await restartOperator()
  }, 180_000)
  afterAll(() => stack.disposeAsync())

  it('A bucket inside the region is what the ledger says.', async () => {
    await until({ verified: 'True', ingest: 1 })
    await vi.waitFor(async () => {
      const { newest } = await ledgerOf(country, 'acme')
      expect(newest).toMatchObject({ verdict: 'verified', facts: { backup: 'eu-de' } })
    }, WITHIN)
  }, 90_000)

  it('A bucket that was made anew abroad closes the stack.', async () => {
    store.answer.location = 'us-west-2'
    await restartOperator()
    await until({
      verified: 'False',
      ingest: 0,
      message: expect.stringContaining('the bucket backups is in us-west-2, not in eu-de'),
    })
    await vi.waitFor(async () => {
      const { newest, findings } = await ledgerOf(country, 'acme')
      expect(newest).toMatchObject({ verdict: 'violated', facts: { backup: 'us-west-2' } })
      expect(findings).toEqual([])
    }, WITHIN)
  }, 90_000)

  it('A store that no longer answers does not open it again.', async () => {
    store.answer.raw = { status: 503, body: '' }
    await restartOperator()
    await until({ verified: 'False', message: expect.stringContaining('it was violated before') })
    delete store.answer.raw
  }, 90_000)

  it('A bucket at home opens it again.', async () => {
    store.answer.location = 'eu-de'
    await restartOperator()
    await until({ verified: 'True', ingest: 1 })
  }, 90_000)

  it('The credentials are in no log.', () => {
    expect(readFileSync(country.logFile, 'utf8')).not.toContain(credentials.secretAccessKey)
  })
})
