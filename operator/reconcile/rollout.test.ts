import { expect, it } from 'vitest'
import { region, tenant } from '../render/input.support.ts'
import { freeSlots, type Moving, movingOf, revisionOf, turnOf, versionIn } from './rollout.ts'

const limits = { maxConcurrent: 2, onFailure: 'Pause' } as const
const settled = (tenant: string): Moving => ({
  tenant,
  wanted: '2',
  attempted: '1',
  state: 'settled',
})
const moving = (tenant: string): Moving => ({
  tenant,
  wanted: '2',
  attempted: '2',
  state: 'moving',
})
const failed = (tenant: string, wanted = '2'): Moving => ({
  tenant,
  wanted,
  attempted: '2',
  state: 'failed',
})

it.each([
  { why: 'a slot is free', all: [settled('a'), moving('b')], go: true },
  { why: 'all slots are taken', all: [settled('a'), moving('b'), moving('c')], go: false },
  {
    why: 'it has a slot already, however many others have',
    all: [moving('a'), moving('b'), moving('c')],
    go: true,
  },
  { why: 'somebody failed', all: [settled('a'), failed('b')], go: false },
  {
    why: 'somebody failed, and the platform team wants to go on all the same',
    all: [settled('a'), failed('b')],
    onFailure: 'Continue' as const,
    go: true,
  },
  {
    why: 'somebody failed at a version that is no longer wanted',
    all: [settled('a'), failed('b', '1')],
    go: true,
  },
  {
    why: 'it failed itself: going back waits for nobody',
    all: [failed('a', '1'), failed('b'), moving('c'), moving('d')],
    go: true,
  },
  { why: 'it is not known yet and a slot is free', all: [moving('b')], go: true },
])('a tenant moves ($go) when $why', ({ all, go, onFailure = 'Pause' as 'Pause' | 'Continue' }) => {
  expect(turnOf('a', all, { ...limits, onFailure })).toMatchObject({ go })
})

it('a paused rollout names who failed and what to do', () => {
  expect(turnOf('a', [settled('a'), failed('b'), failed('c')], limits)).toEqual({
    go: false,
    why: 'paused',
    message:
      'the rollout failed for b, c: nobody else is changed; repair them, or set the old images.version again',
  })
})

it.each([
  { why: 'nobody moves', all: [settled('a')], free: 2 },
  { why: 'one moves', all: [moving('a'), settled('b')], free: 1 },
  {
    why: 'more move than may, because the limit was lowered',
    all: ['a', 'b', 'c'].map(moving),
    free: 0,
  },
  { why: 'one failed', all: [failed('a')], free: 0 },
])('$free slots are free when $why', ({ all, free }) => {
  expect(freeSlots(all, limits)).toBe(free)
})

it('a revision tells its version, also one with dots and dashes', () => {
  expect(versionIn(revisionOf('1.4.0-rc.1', 'c0ffee'))).toBe('1.4.0-rc.1')
  expect(versionIn(undefined)).toBeUndefined()
})

it.each([
  { why: 'it is rolled out', reason: 'RollingOut', state: 'moving' },
  {
    why: 'it is rolled out, and pinned to its version',
    reason: 'RollingOut',
    version: '1',
    state: 'moving',
  },
  { why: 'its rollout failed', reason: 'RolloutFailed', state: 'failed' },
  { why: 'it failed and was pinned', reason: 'RolloutFailed', version: '1', state: 'settled' },
  { why: 'its user changes it', reason: 'Changing', state: 'settled' },
])('a tenant counts as $state when $why', ({ reason, version, state }) => {
  const pin = version === undefined ? {} : { version }
  const condition = {
    type: 'Progressing',
    status: 'True',
    reason,
    message: '',
    lastTransitionTime: '',
  } as const
  const seen = { ...tenant(pin), status: { conditions: [condition] } }
  expect(movingOf(seen, region())).toMatchObject({ state })
})
