import { parseKeys } from '@platen/ledger'
import type { KubernetesObject } from '../../cluster/object.ts'
import { renderLedger } from '../../render/index.ts'
import {
  dueIn,
  type KeptLedger,
  linesOf,
  pack,
  readLedger,
  unpack,
  writeEntry,
} from '../../residency/ledger.ts'
import type { Verified } from '../../residency/verify.ts'
import { applyAll } from '../apply.ts'
import { lookAgain } from '../outcomes.ts'
import type { TenantMemory } from '../region/runtime.ts'
import { inputOf } from './input.ts'
import type { StackScope } from './scope.ts'

/** Read once: from then on nobody but this process writes it. */
export async function openLedger(s: StackScope, memory: TenantMemory): Promise<void> {
  if (memory.ledger) return
  const ref = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: s.namespace,
    name: 'residency-ledger',
  }
  const stored = (await s.target.cluster.get(ref, { signal: s.signal })) as ConfigMap | undefined
  const lines = linesOf(stored?.data?.['entries.jsonl'] ?? '')
  memory.ledger = pack(readLedger(lines, s.tenant.status?.residency, keysOf(s)))
}

interface ConfigMap extends KubernetesObject {
  data?: Record<string, string>
}

function keysOf({ context }: StackScope) {
  return parseKeys(JSON.stringify(context.authority.ledgerKeys))
}

/** Adds what was verified, where an entry is due, and puts it where the tenant's API finds it. */
export async function writeLedger(
  s: StackScope,
  memory: TenantMemory,
  verified: Verified,
): Promise<void> {
  if (!memory.ledger) return
  const before = unpack(memory.ledger)
  const ledger = signed(s, before, verified)
  if (ledger !== before) memory.ledger = pack(ledger)
  s.ledger = ledger.lines
  // With its first entry, so that it is written once. Only the API reads it, which starts when the place is verified.
  if (s.ledger.length > 0) await applyAll(s.target, renderLedger(inputOf(s)), s.signal)
}

function signed(s: StackScope, ledger: KeptLedger, verified: Verified): KeptLedger {
  const { signer } = s.context.authority
  const input = { tenant: s.tenant, verified, now: s.now }
  const waitMs = dueIn(ledger, input)
  if (waitMs > 0) {
    lookAgain(s, new Date(s.now.getTime() + waitMs))
    return ledger
  }
  const region = s.region.metadata.name
  const { lines, head } = writeEntry(ledger, { ...input, region, signer })
  return { ...readLedger(lines, undefined, keysOf(s)), head }
}
