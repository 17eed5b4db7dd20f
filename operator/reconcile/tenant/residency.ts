import { parseKeys } from '@platen/ledger'
import type { KubernetesObject } from '../../cluster/object.ts'
import type { Observed } from '../../cluster/observed.ts'
import { findForeign, foreignAgainAt } from '../../residency/foreign.ts'
import {
  dueIn,
  type KeptLedger,
  knownFrom,
  readLedger,
  writeEntry,
} from '../../residency/ledger.ts'
import { type Verified, verifyResidency } from '../../residency/verify.ts'
import { newestOf } from '../apply.ts'
import { done, type Outcome, refused, waitFor } from '../outcome.ts'
import { lookAgain } from '../outcomes.ts'
import type { TenantMemory } from '../region/runtime.ts'
import type { StackScope } from './scope.ts'

const CONDITION = 'ResidencyVerified'

/** Compares what is observed with what was promised, closes the stack when it differs for good reason, and signs what was seen. */
export async function residency(s: StackScope): Promise<Outcome> {
  const memory = memoryOf(s)
  memory.ledger ??= await storedLedger(s)
  const verified = await verify(s, memory, memory.ledger)
  s.accepting = verified.verdict !== 'violated'
  s.placeVerified = verified.verdict === 'verified'
  memory.ledger = signed(s, memory.ledger, verified)
  s.ledger = memory.ledger.lines
  publish(s, memory.ledger, verified)
  return conditionOf(s, verified)
}

function memoryOf({ runtime, tenant }: StackScope): TenantMemory {
  const { name, uid } = tenant.metadata
  const known = runtime.memories.get(name)
  if (known && known.uid === uid) return known
  const memory: TenantMemory = { uid }
  runtime.memories.set(name, memory)
  return memory
}

/** Read once: from then on nobody but this process writes it. */
async function storedLedger(s: StackScope): Promise<KeptLedger> {
  const ref = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: s.namespace,
    name: 'residency-ledger',
  }
  const stored = (await s.target.cluster.get(ref, { signal: s.signal })) as ConfigMap | undefined
  const lines = stored?.data?.['entries.jsonl']?.split('\n').filter(line => line !== '') ?? []
  return readLedger(lines, s.tenant.status?.residency, keysOf(s))
}

interface ConfigMap extends KubernetesObject {
  data?: Record<string, string>
}

function keysOf({ context }: StackScope) {
  return parseKeys(JSON.stringify(context.authority.ledgerKeys))
}

async function verify(s: StackScope, memory: TenantMemory, ledger: KeptLedger): Promise<Verified> {
  const { region, tenant, runtime, target, context } = s
  const objects = target.cache.ofTenant(tenant.metadata.name)
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: s.namespace }
  const { backup } = context
  return verifyResidency({
    region,
    tenant,
    annotations: newestOf(target, ref)?.annotations,
    objects,
    volume: name => target.cache.volume(name),
    places: runtime.places,
    foreign: await foreign(s, memory, objects),
    ...(backup && { backup }),
    ...knownFrom(ledger, tenant),
  })
}

/** Not while there is nothing to protect yet. */
async function foreign(s: StackScope, memory: TenantMemory, objects: Observed[]) {
  const now = s.now.getTime()
  const isNeeded = objects.some(({ facts }) => facts.kind === 'pod' || facts.kind === 'claim')
  if (isNeeded && now >= foreignAgainAt(memory.foreign)) {
    const found = await findForeign(s.target.cluster, s.tenant.metadata.name, s.signal)
    memory.foreign = { found, at: now }
  }
  if (memory.foreign) lookAgain(s, new Date(foreignAgainAt(memory.foreign)))
  return memory.foreign?.found
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

function publish({ status }: StackScope, { head }: KeptLedger, { verdict }: Verified): void {
  const words = { verified: 'True', violated: 'False', unknown: 'Unknown' } as const
  status.residency = {
    verified: words[verdict],
    ...(head && { sequence: head.sequence, head: head.hash, at: head.at }),
  }
}

function conditionOf(s: StackScope, { verdict, reasons }: Verified): Outcome {
  const message = reasons.join('; ')
  if (verdict === 'violated') return refused(CONDITION, 'Violated', message)
  if (verdict === 'unknown') {
    s.conditions.set(CONDITION, 'Unknown', { reason: 'NotObserved', message })
    return waitFor('Progressing', 'NotObserved', message)
  }
  s.conditions.set(CONDITION, 'True', { reason: 'Verified' })
  return done
}
