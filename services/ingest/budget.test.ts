import { expect, it } from 'vitest'
import { createBudget } from './budget.ts'

function budgetOf(limit: { reports: number; bytes: number }) {
  const told: boolean[] = []
  return { told, budget: createBudget(limit, isFull => told.push(isFull)) }
}

it('tells that it is full when the limit is reached, and that it is not when half is free again', () => {
  const { budget, told } = budgetOf({ reports: 4, bytes: 1_000 })
  budget.take({ reports: 3, bytes: 1 })
  expect(told).toEqual([])
  budget.take({ reports: 1, bytes: 1 })
  expect(told).toEqual([true])
  budget.give({ reports: 1, bytes: 1 })
  expect(told, 'still more than half is used').toEqual([true])
  budget.give({ reports: 2, bytes: 1 })
  expect(told).toEqual([true, false])
})

it('counts bytes as well: few reports can be large', () => {
  const { budget, told } = budgetOf({ reports: 100, bytes: 1_000 })
  budget.take({ reports: 1, bytes: 1_000 })
  expect(told).toEqual([true])
})

it('grants what was read before reading stopped, but refuses beyond twice the limit', () => {
  const { budget } = budgetOf({ reports: 2, bytes: 1_000 })
  expect(budget.take({ reports: 3, bytes: 1 })).toBe(true)
  expect(budget.take({ reports: 1, bytes: 1 })).toBe(true)
  expect(budget.take({ reports: 1, bytes: 1 })).toBe(false)
  expect(budget.used).toEqual({ reports: 4, bytes: 2 })
})
