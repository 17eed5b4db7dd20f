import { expect, it } from 'vitest'
import { keptLog } from '../testing/telemetry.ts'
import { attempt, type Draft } from './attempt.ts'
import type { Condition } from './conditions.ts'

interface Status {
  conditions?: Condition[]
  observedGeneration?: number
}

/** One attempt at an object that is Ready; what is written, and with what signal. */
async function attempted(signal: AbortSignal, run: (draft: Draft<Status>) => Promise<boolean>) {
  const written: { ready: string; isCalledOff: boolean }[] = []
  const { logger: log } = keptLog()
  const result = await attempt<Status>({
    object: { apiVersion: 'v1', kind: 'Tenant', metadata: { name: 'acme', generation: 2 } },
    now: new Date(),
    failures: 0,
    signal,
    report: { normal() {}, warning() {}, log },
    types: ['Ready'],
    run,
    deriveReady: conditions => conditions.set('Ready', 'True', { reason: 'Ready' }),
    async write({ conditions = [] }, { aborted }) {
      const [{ status, reason, message } = {}] = conditions
      written.push({ ready: [status, reason, message].join(' '), isCalledOff: aborted })
    },
  })
  return { result, written }
}

/** A call that never ends but at its signal. */
function hangs(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(new Error('cannot get Secret: no answer in time')))
  return promise
}

it('that takes longer than its deadline says so at once, with a signal that still lets it', async () => {
  const signal = AbortSignal.any([new AbortController().signal, AbortSignal.timeout(20)])
  const { result, written } = await attempted(signal, () => hangs(signal))
  expect(result).toEqual({ kind: 'failed' })
  const ready = 'False ReconcileFailed not done within 60 s: cannot get Secret: no answer in time'
  expect(written).toEqual([{ ready, isCalledOff: false }])
})

it('that is called off writes nothing: the operator stops, or the cluster is away', async () => {
  const stopped = new AbortController()
  const attempting = attempted(stopped.signal, () => hangs(stopped.signal))
  stopped.abort(new Error('the operator stops'))
  await expect(attempting).rejects.toThrow('no answer in time')
})
