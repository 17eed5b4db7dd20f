import { describe, expect, it } from 'vitest'
import { type Evidence, withSection, withVerdict } from './evidence.ts'

const seen = {
  at: '2026-11-29T08:00:00.000Z',
  version: '0123456789',
  reason: 'Nobody gets in.',
  command: 'npm run test:e2e -- isolation',
  table: [
    ['from', 'seen'],
    ['a | b', 'refused\nat once'],
  ],
}
const FIRST: Evidence = { ...seen, section: 'Isolation' }
const LAST: Evidence = { ...seen, section: 'Day two', notes: ['A remark.'] }

describe('the page of evidence', () => {
  it('has its sections in their order, whichever was seen first', () => {
    const page = withSection(withSection('', LAST), FIRST)

    expect(page.match(/^## .*/gm)).toEqual(['## Isolation', '## Day two'])
    expect(withSection(withSection('', FIRST), LAST)).toBe(page)
  })

  it('keeps cells in their columns', () => {
    const page = withSection('', LAST)

    expect(page).toContain('| from | seen |\n| --- | --- |\n| a \\| b | refused at once |\n')
    expect(page).toContain(
      'Seen 2026-11-29T08:00:00.000Z at 0123456789: `npm run test:e2e -- isolation`. ',
    )
    expect(page.endsWith('\n- A remark.\n')).toBe(true)
  })

  it('tells how a run has ended, once, and that it has not until then', () => {
    const page = withSection('', FIRST)
    const ended = withVerdict(page, FIRST.command, '**1 failed**: nobody; 2 passed.')

    expect(page).toContain('`npm run test:e2e -- isolation`. This run has not come to its end.\n')
    expect(ended).toContain('`npm run test:e2e -- isolation`. **1 failed**: nobody; 2 passed.\n')
    expect(withVerdict(ended, FIRST.command, '3 passed.'), 'of an earlier run').toBe(ended)
    expect(withVerdict(page, 'npm run test:e2e -- day-two', '3 passed.')).toBe(page)
  })

  it('puts what was seen later in place of what was seen before, and touches nothing else', () => {
    const page = withSection(withSection('', LAST), FIRST)
    const later = withSection(page, { ...FIRST, reason: 'Still nobody.' })

    expect(later.replace('Still nobody.', 'Nobody gets in.')).toBe(page)
  })
})
