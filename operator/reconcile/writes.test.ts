import { expect, it } from 'vitest'
import { digestOf } from '../cluster/digest.ts'
import type { KubernetesObject } from '../cluster/object.ts'
import type { Observed } from '../cluster/observed.ts'
import { OwnWrites } from './writes.ts'

const object = (value: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'xmpp', namespace: 'tenant-acme' },
  data: { value },
})
const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'xmpp', namespace: 'tenant-acme' }
const seen = (resourceVersion: string, digest: string, uid = 'u'): Observed => ({
  ref,
  uid,
  resourceVersion,
  digest,
  labels: {},
  annotations: {},
  deleting: false,
  facts: { kind: 'none' },
})
const cacheOf = (observed?: Observed, isPast = false) => ({
  get: () => observed,
  seen: () => isPast,
})
const plain = (value: string) => digestOf(object(value))

it('what the cache shows as wanted is in sync, also when nothing was written: an operator that starts anew', () => {
  const writes = new OwnWrites()
  expect(writes.isInSync(cacheOf(seen('5', plain('a'))), object('a'))).toBe(true)
  expect(writes.isInSync(cacheOf(seen('5', plain('b'))), object('a'))).toBe(false)
  expect(writes.isInSync(cacheOf(), object('a'))).toBe(false)
})

it('what was just written is not written again while the cache is behind', () => {
  const writes = new OwnWrites()
  writes.remember(seen('10', plain('b')), object('b'))
  expect(writes.isInSync(cacheOf(seen('9', plain('a'))), object('b'))).toBe(true)
  expect(writes.isInSync(cacheOf(), object('b'))).toBe(true)
})

it('a hand edit after our write is found, though our write is remembered', () => {
  const writes = new OwnWrites()
  writes.remember(seen('9', plain('b')), object('b'))
  expect(writes.isInSync(cacheOf(seen('10', plain('by hand'))), object('b'))).toBe(false)
})

it('defaults that nobody here knows cost one write and no loop', () => {
  const writes = new OwnWrites()
  writes.remember(seen('10', 'with a default'), object('a'))
  const cache = cacheOf(seen('11', 'with a default'))
  expect(writes.saw(seen('10', 'with a default'))).toBe(true)
  expect(writes.isInSync(cache, object('a'))).toBe(true)
  expect(writes.isInSync(cache, object('b'))).toBe(false)
})

it('an echo is told from what others change, and what the cache knows is not kept twice', () => {
  const writes = new OwnWrites()
  writes.remember(seen('10', plain('a')), object('a'))
  expect(writes.saw(seen('9', plain('before')))).toBe(false)
  expect(writes.size).toBe(1)
  expect(writes.saw(seen('10', plain('a')))).toBe(true)
  expect(writes.size).toBe(0)
  expect(writes.saw(seen('11', plain('a')))).toBe(false)
})

it('of what was created or replaced nothing is kept once the cache has seen it', () => {
  const writes = new OwnWrites()
  writes.remember(seen('10', 'of no applied field'))
  expect(writes.size).toBe(1)
  writes.saw(seen('10', 'of no applied field'))
  expect(writes.size).toBe(0)
})

it('what is deleted is written again; a deletion of the one before is not mistaken for it', () => {
  const writes = new OwnWrites()
  writes.remember(seen('10', plain('a'), 'new'), object('a'))
  writes.sawGone(seen('8', plain('a'), 'old'))
  expect(writes.isInSync(cacheOf(), object('a'))).toBe(true)
  writes.sawGone(seen('10', plain('a'), 'new'))
  expect(writes.isInSync(cacheOf(), object('a'))).toBe(false)
})

it('what was deleted before the answer to our write came is written again', () => {
  const writes = new OwnWrites()
  writes.saw(seen('10', plain('a')))
  writes.sawGone(seen('11', plain('a')))
  writes.remember(seen('10', plain('a')), object('a'))
  expect(writes.isInSync(cacheOf(undefined, true), object('a'))).toBe(false)
  expect(writes.isInSync(cacheOf(seen('12', plain('a')), true), object('a'))).toBe(true)
})
