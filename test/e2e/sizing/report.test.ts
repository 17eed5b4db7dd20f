import { expect, it } from 'vitest'
import { report } from './report.ts'

const MIB = 2 ** 20
const part = { name: 'API', namespace: 'tenant-a', pods: 'api-', container: 'api' }

it('gives what devices add, for a thousand of them, and what a day of their reports takes', () => {
  const measured = [
    {
      part,
      idle: { cpu: 2, memory: 100 * MIB },
      loaded: { cpu: 8, memory: 120 * MIB },
    },
  ]
  const before = { database: 1_000_000, log: 5_000_000 }
  const after = { database: 1_000_000 + 1_000 * MIB, log: 5_000_000 + 2_000 * MIB }
  const said = report({ devices: 2_000, measured, disk: { before, after, reports: 288_000 } })
  expect(said.split('\n')).toEqual([
    '| part | CPU idle, m | CPU per 1,000 devices, m | memory idle, MiB | memory at 2,000 devices, MiB |',
    '| --- | ---: | ---: | ---: | ---: |',
    '| API | 2.0 | 3.0 | 100 | 120 |',
    '',
    'the database grows by 3641 bytes a report: 1000 MiB per 1,000 devices and day',
    "PostgreSQL's log, which is archived compressed, by 7282 bytes a report: 2000 MiB per 1,000 devices and day",
  ])
})
