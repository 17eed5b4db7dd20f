import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { appendEntry, type Draft, type Head, keyIdOf, type Signer, timeOf } from '@platen/ledger'

/** A region's key, as it signs and as it is published. */
export interface TestKey extends Signer {
  pem: string
}

export function newKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  return { keyId: keyIdOf(publicKey), privateKey, pem }
}

export function keysJson(...keys: TestKey[]): string {
  return JSON.stringify(Object.fromEntries(keys.map(({ keyId, pem }) => [keyId, pem])))
}

const START = Date.parse('2026-11-01T00:00:00Z')

export interface TestLedger {
  lines: string[]
  head: Head | undefined
}

/** The ledger with `count` entries more, one a day. */
export function continued(
  { lines, head }: TestLedger,
  count: number,
  { signer, ...changes }: { signer: Signer } & Partial<Draft>,
): TestLedger {
  const all = [...lines]
  let last = head
  for (let n = 0; n < count; n++) {
    const at = timeOf(START + (last?.sequence ?? 0) * 86_400_000)
    const appended = appendEntry({ ...DRAFT, at, ...changes }, last, signer)
    all.push(appended.line)
    last = appended.head
  }
  return { lines: all, head: last }
}

export const EMPTY: TestLedger = { lines: [], head: undefined }

const DRAFT: Omit<Draft, 'at'> = {
  tenant: 'acme',
  tenantUid: '6f1c1c1e-0000-4000-8000-000000000001',
  region: 'de',
  country: 'DE',
  verdict: 'verified',
  facts: {
    countries: ['DE'],
    label: 'topology.kubernetes.io/region',
    place: 'eu-de',
    pods: { 'eu-de': 5 },
    volumes: { 'eu-de': 1 },
    policies: { own: 6, foreign: 0 },
  },
  reasons: [],
  declares: [],
}

let states = 0

/** Puts a new state into a mounted ConfigMap as the kubelet does: a folder of its own, then a link is exchanged. */
export function mount(directory: string, files: Record<string, string>): void {
  const state = join(directory, `..state-${++states}`)
  mkdirSync(state)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(state, name), content)
  symlinkSync(state, join(directory, '..data_tmp'))
  renameSync(join(directory, '..data_tmp'), join(directory, '..data'))
  for (const name of Object.keys(files)) {
    const link = join(directory, name)
    try {
      symlinkSync(join('..data', name), link)
    } catch {} // it is there from the state before
  }
}
