import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { appendEntry, type Draft, type Head, type Signer } from './append.ts'
import { timeOf } from './entry.ts'
import { type Keys, keyIdOf } from './keys.ts'

export interface TestKey extends Signer {
  publicKey: KeyObject
}

export function newKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { keyId: keyIdOf(publicKey), privateKey, publicKey }
}

export function keysOf(...keys: TestKey[]): Keys {
  return new Map(keys.map(key => [key.keyId, key.publicKey]))
}

const START = Date.parse('2026-11-01T00:00:00Z')

/** What is said on the day `day` of November. */
export function draft(day: number, changes: Partial<Draft> = {}): Draft {
  return {
    tenant: 'acme',
    tenantUid: '6f1c1c1e-0000-4000-8000-000000000001',
    region: 'de',
    country: 'DE',
    at: timeOf(START + day * 86_400_000),
    verdict: 'verified',
    facts: {
      countries: ['DE'],
      label: 'topology.kubernetes.io/region',
      place: 'eu-de',
      pods: { 'eu-de': 5 },
      volumes: { 'eu-de': 1 },
      backup: 'eu-de',
      policies: { own: 6, foreign: 0 },
    },
    reasons: [],
    declares: [],
    ...changes,
  }
}

/** A ledger of `count` days, from after `head` on. */
export function ledgerOf(
  count: number,
  signer: Signer,
  head?: Head,
  changes: Partial<Draft> = {},
): string[] {
  const lines: string[] = []
  let after = head
  for (let n = 0; n < count; n++) {
    const appended = appendEntry(draft(after?.sequence ?? 0, changes), after, signer)
    lines.push(appended.line)
    after = appended.head
  }
  return lines
}
