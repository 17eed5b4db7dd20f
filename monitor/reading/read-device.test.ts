import { startFleet } from '@platen/test'
import { afterAll, describe, expect, it } from 'vitest'
import { type Credentials, openSockets } from '../snmp/index.ts'
import { onlyV1 } from '../testing/agent.ts'
import { type Agent, isUnreadable, type Reading, readDevice, type Unreadable } from './index.ts'

const PUBLIC: Credentials = { version: 'v2c', community: 'public' }
const FAST = { timeout: 200, retries: 1 }
const NEVER = new AbortController().signal

const sockets = openSockets()
afterAll(() => sockets.close())

const agentAt = (address: string, port: number): Agent => ({
  sockets,
  address,
  port,
  credentials: PUBLIC,
})

function readable(result: Reading | Unreadable): Reading {
  if (isUnreadable(result)) throw new Error(result.reason)
  return result
}

describe('readDevice', () => {
  it('says of every simulated printer what is true of it', async () => {
    await using fleet = await startFleet({ devices: 26, speed: 0 })
    for (const { address, device, state } of fleet.devices) {
      const { asset, meters, supplies } = readable(
        await readDevice(agentAt(address, fleet.port), NEVER),
      )
      const { serial, mac, hostName, location } = device
      expect(asset).toMatchObject({
        make: device.model.make,
        serial,
        mac,
        hostName,
        location,
        address,
      })
      expect(`${asset.make} ${asset.model}`.toLowerCase()).toContain('sim')
      expect(meters[0]).toMatchObject({ name: 'total', value: state().pages.total })
      expect(supplies.map(({ color }) => color)).toEqual(
        device.model.supplies.map(({ color }) => color),
      )
      expect(supplies.map(({ level }) => level ?? -2)).toEqual(
        state().supplies.map(level => (level === -3 ? 'some' : level)),
      )
    }
  })

  it('reads colour meters where the device has the counters of PWG 5106.3', async () => {
    await using fleet = await startFleet({ devices: 1, speed: 0 })
    const [first] = fleet.devices
    const { meters } = readable(await readDevice(agentAt('127.66.0.1', fleet.port), NEVER))
    const byName = Object.fromEntries(meters.map(({ name, value }) => [name, value]))
    expect(byName).toMatchObject(first?.state().pages ?? {})
  })

  it('reads the same from a device that knows only v1', async () => {
    await using fleet = await startFleet({ devices: 1, speed: 0 })
    await using old = await onlyV1({ address: '127.66.0.1', port: fleet.port })
    const modern = readable(await readDevice(agentAt('127.66.0.1', fleet.port), NEVER))
    const byV1 = readable(await readDevice(agentAt('127.0.0.1', old.port), NEVER, FAST))
    expect({ ...byV1.asset, address: '127.66.0.1' }).toEqual(modern.asset)
    expect({ ...byV1, asset: {} }).toEqual({ ...modern, asset: {} })
  })

  it('gives the reason for a device that does wrong, and reads the others meanwhile', async () => {
    await using fleet = await startFleet({
      devices: 1,
      faults: ['silent', 'garbage', 'loop', 'endless'],
      speed: 0,
    })
    const all = [...fleet.addresses, ...fleet.faulty.map(({ address }) => address)]
    const [healthy, ...broken] = await Promise.all(
      all.map(address => readDevice(agentAt(address, fleet.port), NEVER, FAST)),
    )
    expect(healthy).toHaveProperty('asset')
    expect(broken).toEqual([
      { code: 'unreachable', reason: 'cannot reach the agent: no answer in time' },
      { code: 'unreachable', reason: 'cannot reach the agent: no answer in time' },
      { code: 'unreadable', reason: 'cannot read a table: its rows are not in order' },
      { code: 'unreadable', reason: 'cannot read a table: it does not end' },
    ])
  })

  it('ends with the signal’s reason when it is aborted', async () => {
    await using fleet = await startFleet({ devices: 0, faults: ['silent'], speed: 0 })
    const stop = new AbortController()
    const reading = readDevice(agentAt('127.66.0.1', fleet.port), stop.signal)
    const reason = new Error('the monitor stops')
    stop.abort(reason)
    await expect(reading).rejects.toBe(reason)
  })
})
