import { createPace } from '@platen/pace'
import { parseXml, type Receipt } from '@platen/protocol'
import { expect, it } from 'vitest'
import { batchOf, testReport } from '../../test/support/tenant.ts'
import { createBudget } from './budget.ts'
import type { Delivery } from './delivery.ts'
import { Unavailable } from './group-commit.ts'
import { createIntake } from './intake.ts'

/** An intake over a store that answers as `submit` does, with room for two reports (and two more in flight). */
function intakeOver(
  submit: (delivery: Delivery) => Promise<Receipt>,
  pace = createPace({ perSecond: Number.POSITIVE_INFINITY }),
) {
  const answers: string[] = []
  const budget = createBudget({ reports: 2, bytes: 1_000_000 }, () => {})
  const intake = createIntake({
    lanes: { submit, drain: async () => {} },
    budget,
    pace,
    metrics: { answered: kind => answers.push(kind) },
    clock: () => 7,
  })
  const receive = (xml: string) => intake.receive('m1', parseXml(xml))
  return { intake, budget, answers, receive }
}

const all = async ({ reports }: Delivery): Promise<Receipt> => ({
  stored: reports.length,
  refused: [],
})
const one = batchOf(testReport(1))

it('hands on what a batch says, who sent it and when it came, and answers with the receipt', async () => {
  const deliveries: Delivery[] = []
  const { receive, answers } = intakeOver(async delivery => {
    deliveries.push(delivery)
    return await all(delivery)
  })
  const answer = await receive(one)
  expect(answer).toEqual({ kind: 'receipt', receipt: { stored: 1, refused: [] } })
  expect(deliveries).toMatchObject([{ monitor: 'm1', reports: [{ seq: 1 }], receivedAt: 7 }])
  expect(deliveries[0]?.load.bytes).toBeGreaterThan(one.length * 0.8)
  expect(deliveries[0]?.load.bytes).toBeLessThan(one.length * 1.2)
  expect(answers).toEqual(['receipt'])
})

it('answers wait as a last resort, when more came than fits although reading was stopped', async () => {
  const release = Promise.withResolvers<void>()
  const { receive, budget } = intakeOver(async delivery => {
    await release.promise
    return await all(delivery)
  })
  const held = [1, 2, 3, 4].map(seq => receive(batchOf(testReport(seq))))
  expect(await receive(batchOf(testReport(5)))).toMatchObject({ kind: 'wait', cause: 'overload' })
  release.resolve()
  for (const answer of held) expect(await answer).toMatchObject({ kind: 'receipt' })
  expect(budget.used, 'everything is given back').toEqual({ reports: 0, bytes: 0 })
})

it('answers wait when more reports come than may, until what came is made up for', async () => {
  let now = 0
  const stored: Delivery[] = []
  const { receive, budget } = intakeOver(
    async delivery => {
      stored.push(delivery)
      return await all(delivery)
    },
    createPace({ perSecond: 1, now: () => now }),
  )
  for (const seq of [1, 2]) {
    expect(await receive(batchOf(testReport(seq)))).toMatchObject({ kind: 'receipt' })
  }
  const third = batchOf(testReport(3))
  expect(await receive(third)).toMatchObject({ kind: 'wait', cause: 'overload' })
  now = 999
  expect(await receive(third)).toMatchObject({ kind: 'wait' })
  now = 1_001
  expect(await receive(third)).toMatchObject({ kind: 'receipt' })
  expect(stored).toHaveLength(3)
  expect(budget.used.reports).toBe(0)
})

it('answers wait when nothing is known to be stored', async () => {
  const { receive, budget } = intakeOver(() => Promise.reject(new Unavailable('away')))
  expect(await receive(one)).toEqual({ kind: 'wait', cause: 'database', reason: 'away' })
  expect(budget.used.reports).toBe(0)
})

it('answers wait when it is closed', async () => {
  const { intake, receive } = intakeOver(all)
  await intake.close()
  expect(await receive(one)).toMatchObject({ kind: 'wait', cause: 'overload' })
})

it('says why a batch is none, and takes no room for it', async () => {
  const { receive, budget } = intakeOver(all)
  const answer = await receive(one.replace('<report', '<rapport').replace('/report', '/rapport'))
  expect(answer).toMatchObject({ kind: 'malformed', reason: expect.stringContaining('rapport') })
  expect(budget.used.reports).toBe(0)
})
