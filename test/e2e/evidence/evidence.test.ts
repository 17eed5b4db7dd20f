import { expect, it } from 'vitest'
import { pageOf } from './evidence.ts'

const seen = {
  at: '2026-11-29T08:00:00.000Z',
  reason: 'Nobody gets in.',
  command: 'npm run test:e2e -- isolation',
  table: [
    ['from', 'seen'],
    ['a | b', 'refused\nat once'],
  ],
}

it('puts the sections in order, and keeps cells in their columns', () => {
  const page = pageOf([
    { ...seen, section: 'Second', order: 2, notes: ['A remark.'] },
    { ...seen, section: 'First', order: 1 },
  ])

  expect(page.indexOf('## First')).toBeLessThan(page.indexOf('## Second'))
  expect(page).toContain('| from | seen |\n| --- | --- |\n| a \\| b | refused at once |\n')
  expect(page).toContain('Seen 2026-11-29T08:00:00.000Z: `npm run test:e2e -- isolation`.')
  expect(page).toContain('\n- A remark.\n')
})
