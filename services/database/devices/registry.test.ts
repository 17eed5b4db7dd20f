import type { Asset } from '@platen/protocol'
import { expect, it } from 'vitest'
import { changesOf, createRegistry, currentDevice, isUnchanged, see } from './registry.ts'

const MAC = '3c:2a:f4:01:02:03'
const OTHER_MAC = '3c:2a:f4:0a:0b:0c'
const printer: Asset = { make: 'HP', model: 'M404', serial: 'PHB12345', mac: MAC }

/** Sees the assets one after the other, each under its alias, and gives a letter for each device: A, B, ... */
function devicesSeen(sightings: [alias: string, asset?: Asset][]): string {
  const registry = createRegistry([], [])
  const ids = sightings.map(([key, asset], minute) =>
    see(registry, {
      monitorId: 'monitor',
      siteId: 'site',
      key,
      observedAt: new Date(minute * 60_000).toISOString(),
      asset,
    }),
  )
  const current = ids.map(id => currentDevice(registry, id))
  const distinct = [...new Set(current)]
  return current.map(id => String.fromCharCode(65 + distinct.indexOf(id))).join('')
}

it.each<{ why: string; sightings: [string, Asset?][]; devices: string }>([
  {
    why: 'the alias alone tells, while nothing else is known',
    sightings: [['a'], ['b'], ['a']],
    devices: 'ABA',
  },
  {
    why: 'one serial under two aliases is one device',
    sightings: [
      ['a', printer],
      ['b', printer],
    ],
    devices: 'AA',
  },
  {
    why: 'leading zeros and the spelling of the vendor make no difference',
    sightings: [
      ['a', printer],
      ['b', { ...printer, make: 'Hewlett-Packard', serial: '00PHB12345' }],
    ],
    devices: 'AA',
  },
  {
    why: 'one serial of two vendors is two devices',
    sightings: [
      ['a', { make: 'HP', serial: '123459' }],
      ['b', { make: 'Xerox', serial: '123459' }],
    ],
    devices: 'AB',
  },
  {
    why: 'a serial of XXXXXXXXXX is none, so the MAC tells',
    sightings: [
      ['a', printer],
      ['b', { ...printer, serial: 'XXXXXXXXXX' }],
    ],
    devices: 'AA',
  },
  {
    why: 'two printers that both lost their serial to an NVRAM reset stay two',
    sightings: [
      ['a', { make: 'HP', serial: 'XXXXXXXXXX', mac: MAC }],
      ['b', { make: 'HP', serial: 'XXXXXXXXXX', mac: OTHER_MAC }],
    ],
    devices: 'AB',
  },
  {
    why: 'a replaced printer is another device, although it took over alias and MAC',
    sightings: [['a', printer], ['a', { ...printer, serial: 'PHB99999' }], ['a']],
    devices: 'ABB',
  },
  {
    why: 'the old printer, put up elsewhere, is known again by its serial',
    sightings: [
      ['a', printer],
      ['a', { ...printer, serial: 'PHB99999' }],
      ['b', printer],
    ],
    devices: 'ABA',
  },
  {
    why: 'another network card does not make another device of the same serial',
    sightings: [
      ['a', printer],
      ['a', { ...printer, mac: OTHER_MAC }],
    ],
    devices: 'AA',
  },
  {
    why: 'without a serial, another MAC under the same alias is another device',
    sightings: [
      ['a', { mac: MAC }],
      ['a', { mac: OTHER_MAC }],
    ],
    devices: 'AB',
  },
  {
    why: 'two devices turn out to be one when a sighting has the identities of both',
    sightings: [
      ['a', { mac: MAC }],
      ['b', { make: 'HP', serial: 'PHB12345' }],
      ['c', printer],
    ],
    devices: 'AAA',
  },
  {
    why: 'two devices with different serials are never merged, whatever MAC one of them shows',
    sightings: [
      ['a', printer],
      ['b', { ...printer, serial: 'PHB99999', mac: OTHER_MAC }],
      ['b', { ...printer, serial: 'PHB99999', mac: MAC }],
      ['a'],
    ],
    devices: 'ABBA',
  },
  {
    why: 'a place tells as long as nothing better is known',
    sightings: [
      ['a', { model: 'TLP', address: '10.0.0.9' }],
      ['b', { model: 'TLP', address: '10.0.0.9' }],
    ],
    devices: 'AA',
  },
  {
    why: 'a place no longer tells once its device has a serial',
    sightings: [
      ['a', { make: 'Z', model: 'TLP', address: '10.0.0.9' }],
      ['a', { make: 'Z', model: 'TLP', address: '10.0.0.9', serial: 'Z12345' }],
      ['b', { make: 'Z', model: 'TLP', address: '10.0.0.9' }],
    ],
    devices: 'AAB',
  },
])('$why', ({ sightings, devices }) => {
  expect(devicesSeen(sightings)).toBe(devices)
})

it('merges into the older device, and says so once', () => {
  const older = { id: '1', firstSeenAt: '2026-01-01T00:00:00.000Z', identities: [] }
  const younger = {
    id: '2',
    firstSeenAt: '2026-02-01T00:00:00.000Z',
    identities: [{ kind: 'serial' as const, value: 'hp/PHB12345' }],
  }
  const registry = createRegistry([older, younger], [{ monitorId: 'm', key: 'a', deviceId: '1' }])
  const sighting = {
    monitorId: 'm',
    siteId: 's',
    key: 'a',
    observedAt: '2026-03-01T00:00:00.000Z',
    asset: { make: 'HP', serial: 'PHB12345' },
  }

  expect(see(registry, sighting)).toBe('1')
  expect(see(registry, sighting)).toBe('1')

  expect(changesOf(registry).merged).toEqual([{ loser: '2', survivor: '1' }])
})

it('changes nothing when a known device says what is known', () => {
  const known = {
    id: '1',
    firstSeenAt: '2026-01-01T00:00:00.000Z',
    identities: [
      { kind: 'serial' as const, value: 'hp/PHB12345' },
      { kind: 'mac' as const, value: MAC },
    ],
  }
  const registry = createRegistry([known], [{ monitorId: 'm', key: 'a', deviceId: '1' }])
  see(registry, {
    monitorId: 'm',
    siteId: 's',
    key: 'a',
    observedAt: '2026-03-01T00:00:00.000Z',
    asset: printer,
  })

  expect(isUnchanged(changesOf(registry))).toBe(true)
})
