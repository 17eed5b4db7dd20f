import { errorDetails } from '@platen/telemetry'
import { knownFrom } from '../../residency/ledger.ts'
import { type Verified, verifyResidency } from '../../residency/verify.ts'
import { done, type Outcome, refused, waitFor } from '../outcome.ts'
import { lookAgain } from '../outcomes.ts'
import type { TenantMemory } from '../region/runtime.ts'
import { closeWorkload, stopBackups } from './close.ts'
import { openLedger, writeLedger } from './ledger.ts'
import type { StackScope } from './scope.ts'
import { lookAround, lookOnceMore, sightingOf } from './sight.ts'
import { closeWays } from './ways.ts'

const CONDITION = 'ResidencyVerified'
/** While it is not verified: no watch may tell what changes that, such as the age of a node, or what we mended ourselves. */
const UNVERIFIED_MS = 60_000
/** While something stands in the way of verifying. */
const HINDERED_MS = 10_000
/** So long what was verified before is still believed: an API server that hiccups is no reason to doubt. */
const PATIENCE_MS = 60_000

/**
 * Compares what is observed with what was promised, closes the stack when it differs for good reason, and signs what was
 * seen. It closes before anything else is tried: what fails besides, the ledger included, is told and stops nothing.
 */
export async function residency(s: StackScope): Promise<Outcome> {
  const memory = memoryOf(s)
  const hindrances: string[] = []
  await trying(s, hindrances, () => openLedger(s, memory))
  await trying(s, hindrances, () => lookAround(s, memory))
  const verified = await verify(s, memory, hindrances)
  remember(s, memory, verified)
  if (!s.accepting) await close(s, verified)
  await stopBackups(s)
  await trying(s, hindrances, () => closeWays(s))
  await trying(s, hindrances, () => writeLedger(s, memory, verified))
  publish(s, memory)
  if (hindrances.length > 0) return hindered(s, memory, { verified, hindrances })
  delete memory.hinderedAt
  return outcomeOf(s, verified)
}

function memoryOf({ runtime, tenant }: StackScope): TenantMemory {
  const { name, uid } = tenant.metadata
  const known = runtime.memories.get(name)
  if (known && known.uid === uid) return known
  const memory: TenantMemory = { uid }
  runtime.memories.set(name, memory)
  return memory
}

/** What fails is one of the hindrances; being called off is not. */
async function trying(
  s: StackScope,
  hindrances: string[],
  deed: () => Promise<void>,
): Promise<void> {
  try {
    await deed()
  } catch (error) {
    if (s.signal.aborted) throw error
    const message = error instanceof Error ? error.message : String(error)
    s.report.log.warn({ ...errorDetails(error), message }, 'cannot verify in full')
    hindrances.push(message)
  }
}

async function verify(
  s: StackScope,
  memory: TenantMemory,
  hindrances: string[],
): Promise<Verified> {
  const stored = knownFrom(memory.ledger, s.tenant)
  const known = { ...stored, before: memory.verdict ?? stored.before }
  const verified = verifyResidency(sightingOf(s, memory, known))
  if (known.before !== 'violated' || verified.verdict !== 'verified') return verified
  await trying(s, hindrances, () => lookOnceMore(s, memory))
  return verifyResidency(sightingOf(s, memory, known))
}

function remember(s: StackScope, memory: TenantMemory, { verdict, isMoved }: Verified): void {
  s.accepting = verdict !== 'violated'
  s.placeVerified = verdict === 'verified'
  s.frozen = isMoved
  memory.verdict = verdict
  if (verdict === 'violated') memory.violatedAt ??= s.now.getTime()
  else delete memory.violatedAt
}

/** Told first, so that it stands there when closing fails. */
async function close(s: StackScope, { reasons }: Verified): Promise<void> {
  s.conditions.set(CONDITION, 'False', { reason: 'Violated', message: reasons.join('; ') })
  s.conditions.set('IngestReady', 'False', {
    reason: 'Violated',
    message: `closed: see ${CONDITION}`,
  })
  await closeWorkload(s, 'ingest')
}

function publish({ status }: StackScope, { ledger }: TenantMemory): void {
  const head = ledger?.head
  if (!head) return
  const { verified = 'Unknown' } = status.residency ?? {}
  status.residency = { verified, sequence: head.sequence, head: head.hash, at: head.at }
}

function outcomeOf(s: StackScope, { verdict, reasons }: Verified): Outcome {
  const message = reasons.join('; ')
  if (verdict === 'unknown') return unknown(s, message, UNVERIFIED_MS)
  if (verdict === 'violated') {
    lookAgain(s, new Date(s.now.getTime() + UNVERIFIED_MS))
    return refused(CONDITION, 'Violated', message)
  }
  s.conditions.set(CONDITION, 'True', { reason: 'Verified' })
  return done
}

interface Hindered {
  verified: Verified
  /** Sentences. */
  hindrances: readonly string[]
}

function hindered(
  s: StackScope,
  memory: TenantMemory,
  { verified: { verdict, reasons }, hindrances }: Hindered,
): Outcome {
  const now = s.now.getTime()
  memory.hinderedAt ??= now
  const message = [...reasons, ...hindrances].join('; ')
  lookAgain(s, new Date(now + HINDERED_MS))
  if (verdict === 'violated') return refused(CONDITION, 'Violated', message)
  const isPatient = now - memory.hinderedAt < PATIENCE_MS && s.conditions.get(CONDITION)
  return isPatient
    ? waitFor('Progressing', 'NotObserved', message)
    : unknown(s, message, HINDERED_MS)
}

function unknown(s: StackScope, message: string, afterMs: number): Outcome {
  s.conditions.set(CONDITION, 'Unknown', { reason: 'NotObserved', message })
  return waitFor('Progressing', 'NotObserved', message, afterMs)
}
