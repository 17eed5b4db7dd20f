import { describe, expect, it } from 'vitest'
import { stepOf as backupStep } from './backup.ts'
import { stepOf as restoreStep } from './restore.ts'

describe('what is said while one waits', () => {
  const seen = (status: object) => ({
    metadata: { name: 'acme' },
    spec: {},
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'False' as const,
          lastTransitionTime: '',
          reason: '',
          message: 'almost',
        },
      ],
      ...status,
    },
  })

  it.each([
    { why: 'nothing yet', backup: undefined, want: { goesOn: 'almost' } },
    {
      why: 'another one',
      backup: { request: 'b', outcome: 'Succeeded' },
      want: { goesOn: 'almost' },
    },
    { why: 'begun', backup: { request: 'a', message: 'half' }, want: { goesOn: 'half' } },
    {
      why: 'done',
      backup: { request: 'a', outcome: 'Succeeded', at: 'T' },
      want: { ended: 'well', message: 'the backup was taken at T' },
    },
    {
      why: 'failed',
      backup: { request: 'a', outcome: 'Failed', message: 'no store' },
      want: { ended: 'badly', message: 'the backup failed: no store' },
    },
  ])('of a backup: $why', ({ backup, want }) => {
    expect(backupStep(seen({ backup }), 'a')).toEqual(want)
  })

  it.each([
    {
      why: 'an earlier one',
      restore: { to: '2026-11-28T00:00:00Z', outcome: 'Succeeded' },
      want: { goesOn: 'almost' },
    },
    {
      why: 'done, written with fractions',
      restore: { to: '2026-11-29T00:00:00.000Z', outcome: 'Succeeded' },
      want: { ended: 'well', message: 'restored to 2026-11-29T00:00:00Z' },
    },
    {
      why: 'failed',
      restore: { to: '2026-11-29T00:00:00Z', outcome: 'Failed', message: 'abroad' },
      want: { ended: 'badly', message: 'the restore failed: abroad' },
    },
  ])('of a restore: $why', ({ restore, want }) => {
    expect(restoreStep(seen({ restore }), '2026-11-29T00:00:00Z')).toEqual(want)
  })
})
