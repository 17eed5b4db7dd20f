import { generateKeyPairSync } from 'node:crypto'
import { appendEntry, type Draft, type Head, keyIdOf, timeOf } from '@platen/ledger'
import type { KubeObject } from '../../kubernetes/index.ts'

export interface TestLedger {
  lines: string[]
  head: Head
  /** As the Region publishes them. */
  keys: { id: string; publicKey: string; since: string }[]
}

const START = Date.parse('2026-11-01T00:00:00Z')

/** A ledger of the Tenant acme with an entry a day. */
export function makeLedger(count: number, changes: Partial<Draft> = {}): TestLedger {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const keyId = keyIdOf(publicKey)
  const lines: string[] = []
  let head: Head | undefined
  for (let n = 0; n < count; n++) {
    const at = timeOf(START + n * 86_400_000)
    const appended = appendEntry({ ...DRAFT, at, ...changes }, head, { keyId, privateKey })
    lines.push(appended.line)
    head = appended.head
  }
  if (!head) throw new Error('a ledger needs an entry')
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  return { lines, head, keys: [{ id: keyId, publicKey: pem, since: '2026-11-01T00:00:00Z' }] }
}

const DRAFT: Omit<Draft, 'at'> = {
  tenant: 'acme',
  tenantUid: '6f1c1c1e-0000-4000-8000-000000000001',
  region: 'de',
  country: 'DE',
  verdict: 'verified',
  facts: {
    countries: ['AT', 'DE'],
    label: 'topology.kubernetes.io/region',
    place: 'eu-central-1',
    pods: { 'eu-central-1': 5 },
    volumes: { 'eu-central-1': 1 },
    policies: { own: 6, foreign: 0 },
  },
  reasons: [],
  declares: [],
}

/** As the operator keeps the newest entries. */
export function ledgerMap(lines: readonly string[]): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'tenant-acme', name: 'residency-ledger' },
    data: { 'entries.jsonl': lines.map(line => `${line}\n`).join('') },
  }
}

/** Of the Tenant's status. */
export function residencyOf({ head }: TestLedger): KubeObject {
  return { verified: 'True', sequence: head.sequence, head: head.hash, at: head.at }
}
