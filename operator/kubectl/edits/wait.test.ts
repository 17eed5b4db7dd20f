import { describe, expect, it } from 'vitest'
import { stepOf as backupStep } from './backup.ts'
import { stepOf as restoreStep } from './restore.ts'

describe('what is said while one waits', () => {
  const seen = (status: object) => ({
    metadata: { name: 'acme', generation: 2 },
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

  const ready = (observedGeneration: number) => ({
    type: 'Ready',
    status: 'True',
    lastTransitionTime: '',
    reason: 'Ready',
    message: 'all serves',
    observedGeneration,
  })

  const failedJob = {
    kind: 'Job',
    metadata: { name: 'asked-1' },
    status: { conditions: [{ type: 'Failed', status: 'True', message: 'too often' }] },
  }

  it.each([
    { why: 'nothing yet', backup: undefined, job: undefined, want: { goesOn: 'almost' } },
    { why: 'another one', backup: { handled: 'b' }, job: undefined, want: { goesOn: 'almost' } },
    {
      why: 'begun',
      backup: undefined,
      job: { kind: 'Job', metadata: { name: 'asked-1' } },
      want: { goesOn: 'Job asked-1 runs' },
    },
    {
      why: 'done',
      backup: { handled: 'a', label: '2026F', at: 'T', archivedTo: 'U' },
      job: undefined,
      want: {
        ended: 'well',
        message: 'the backup 2026F was taken at T; the archive reached to U then',
      },
    },
    {
      why: 'failed',
      backup: { handled: 'b' },
      job: failedJob,
      want: { ended: 'badly', message: 'the backup failed: Job asked-1: too often' },
    },
    {
      why: "CloudNativePG's runs",
      backup: undefined,
      job: { kind: 'Backup', metadata: { name: 'asked-1' }, status: { phase: 'running' } },
      want: { goesOn: 'Backup asked-1 runs' },
    },
    {
      why: "CloudNativePG's failed",
      backup: undefined,
      job: {
        kind: 'Backup',
        metadata: { name: 'asked-1' },
        status: { phase: 'failed', error: 'no such bucket' },
      },
      want: { ended: 'badly', message: 'the backup failed: Backup asked-1: no such bucket' },
    },
  ])('of a backup: $why', ({ backup, job, want }) => {
    expect(backupStep(seen({ backup }), 'a', job)).toEqual(want)
  })

  it.each([
    { why: 'nothing yet', restore: undefined, want: { goesOn: 'almost' } },
    { why: 'an earlier one', restore: { id: 'b', state: 'Restored' }, want: { goesOn: 'almost' } },
    {
      why: 'begun',
      restore: { id: 'a', state: 'Restoring', message: 'half' },
      want: { goesOn: 'half' },
    },
    {
      why: 'the data is there, and nothing serves yet',
      restore: { id: 'a', state: 'Restored' },
      want: { goesOn: 'restored; almost' },
    },
    {
      why: 'what was ready was the Tenant of before',
      restore: { id: 'a', state: 'Restored' },
      conditions: [ready(1)],
      want: { goesOn: 'restored; all serves' },
    },
    {
      why: 'done',
      restore: { id: 'a', state: 'Restored' },
      conditions: [ready(2)],
      want: { ended: 'well', message: 'restored to T' },
    },
    {
      why: 'refused',
      restore: { id: 'a', state: 'Refused', message: 'abroad' },
      want: { ended: 'badly', message: 'refused, and the data is as it was: abroad' },
    },
  ])('of a restore: $why', ({ restore, conditions, want }) => {
    const status = { restore, ...(conditions && { conditions }) }
    expect(restoreStep(seen(status), 'T', 'b')).toEqual(want)
  })
})
