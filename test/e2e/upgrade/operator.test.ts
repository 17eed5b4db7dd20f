import { expect, it } from 'vitest'
import { reconciled } from './operator.ts'

const METRICS = `# TYPE platen_operator_reconcile_duration_seconds histogram
platen_operator_reconcile_duration_seconds_count{kind="Region",outcome="done"} 4
platen_operator_reconcile_duration_seconds_sum{kind="Region",outcome="done"} 0.5
platen_operator_reconcile_duration_seconds_bucket{kind="Tenant",outcome="done",le="1"} 7
platen_operator_reconcile_duration_seconds_count{kind="Tenant",outcome="failed"} 2
platen_operator_reconcile_duration_seconds_count{kind="Tenant",outcome="done"} 9 1764412345678
platen_operator_queue_wait_seconds_count{priority="edit"} 3
`

it('counts what was reconciled with success', () => {
  expect(reconciled(METRICS)).toEqual({ Tenant: 9, Region: 4 })
  expect(reconciled('')).toEqual({ Tenant: 0, Region: 0 })
})
