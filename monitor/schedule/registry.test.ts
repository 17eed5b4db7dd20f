import type { Asset } from '@platen/protocol'
import { describe, expect, it } from 'vitest'
import type { DeviceIdentity, DeviceRecord } from '../outbox/index.ts'
import { createRegistry } from './index.ts'

const MAC = '00:00:5e:00:53:01'

function record(key: string, identity: DeviceIdentity, asset: Asset = {}): DeviceRecord {
  return { key, identity, state: { asset }, reportedFullAt: 0 }
}

const LASER = { make: 'Example', model: 'Laser' }
const KNOWN = record(
  'known',
  { make: 'Example', serial: 'S1', mac: MAC, address: '127.0.0.1' },
  LASER,
)
const NAMELESS = record('known', { address: '127.0.0.1' }, LASER)

describe('a reading is about', () => {
  it.each([
    {
      what: 'the known device, by its serial number, wherever it is',
      asset: { make: 'Example', serial: 'S1' },
      address: '127.0.0.9',
    },
    {
      what: 'the known device, by its MAC address, when it says no serial number',
      asset: { ...LASER, mac: MAC },
      address: '127.0.0.9',
    },
    {
      what: 'the known device when only the spelling of its make is new',
      asset: { make: 'EXAMPLE Inc.', serial: 'S1', mac: MAC },
      address: '127.0.0.1',
    },
    {
      what: 'the known device where it was when it does not say who it is',
      asset: LASER,
      address: '127.0.0.1',
    },
    {
      what: 'the device that was not identified before',
      before: NAMELESS,
      asset: { ...LASER, serial: 'S2' },
      address: '127.0.0.1',
    },
    {
      what: 'another device: another serial number at the same address',
      asset: { ...LASER, serial: 'S2' },
      address: '127.0.0.1',
      isNew: true,
    },
    {
      what: 'another device, that got the network card of the known one',
      asset: { ...LASER, serial: 'S2', mac: MAC },
      address: '127.0.0.1',
      isNew: true,
    },
    {
      what: 'another device: the same serial number of another make',
      asset: { make: 'Other', serial: 'S1' },
      address: '127.0.0.9',
      isNew: true,
    },
    {
      what: 'another device: another model at the same address',
      asset: { make: 'Example', model: 'Ink' },
      address: '127.0.0.1',
      isNew: true,
    },
    {
      what: 'another device: nothing is known of who is elsewhere',
      asset: LASER,
      address: '127.0.0.9',
      isNew: true,
    },
  ])('$what', ({ before = KNOWN, asset, address, isNew = false }) => {
    const { key } = createRegistry([before]).identify(asset, address).record
    expect(key !== 'known').toBe(isNew)
  })
})

describe('an address', () => {
  it('is that of the device that was put there last', () => {
    const registry = createRegistry([KNOWN, record('new', { serial: 'S2', address: '127.0.0.1' })])
    expect(registry.at('127.0.0.1')?.record.key).toBe('new')
    expect(registry.get('known')?.record.identity).toEqual({
      make: 'Example',
      serial: 'S1',
      mac: MAC,
    })
  })

  it('is free again when its device has gone to another', () => {
    const registry = createRegistry([KNOWN])
    const device = registry.identify({ make: 'Example', serial: 'S1' }, '127.0.0.2')
    const identity = { ...device.record.identity, address: '127.0.0.2' }
    registry.put({ ...device, record: { ...device.record, identity } })
    expect(registry.at('127.0.0.1')).toBeUndefined()
    expect(registry.at('127.0.0.2')?.record.key).toBe('known')
    expect(registry.size).toBe(1)
  })
})
