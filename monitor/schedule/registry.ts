import { randomUUID } from 'node:crypto'
import type { Asset } from '@platen/protocol'
import type { DeviceIdentity, DeviceRecord } from '../outbox/index.ts'

/** A device that the monitor knows. */
export interface Device {
  /** As the outbox has it. */
  record: DeviceRecord
  /** This process has made a full report of it. */
  isStated: boolean
  /** Attempts in a row that failed. */
  failures: number
  /** This process has read it where its identity says. */
  isRead: boolean
  /** When it is to be polled, ms of performance.now(). */
  dueAt: number
}

/** The devices, and which of them a reading is about. */
export interface Registry {
  readonly size: number
  all(): Iterable<Device>
  get(key: string): Device | undefined
  at(address: string): Device | undefined
  /**
   * Adds or changes a device, to be called when the outbox has its new record. The device that had its address before
   * has none from now on.
   */
  put(device: Device): void
  /**
   * The device that a reading is about: the one with the same serial number (of the same make), else the same MAC
   * address, else the one at this address, unless something tells the two apart. A new one has a new key.
   */
  identify(asset: Asset, address: string): Device
}

export function createRegistry(records: readonly DeviceRecord[]): Registry {
  const devices = new Map<string, Device>()
  const keys = new Map<string, string>() // by serial number, MAC address and address

  const find = (name: string | undefined) => {
    const key = name === undefined ? undefined : keys.get(name)
    return key === undefined ? undefined : devices.get(key)
  }
  const forget = (key: string) => {
    for (const name of namesOf(devices.get(key)?.record.identity ?? {})) {
      if (keys.get(name) === key) keys.delete(name)
    }
  }
  const put = (device: Device) => {
    const { key, identity } = device.record
    const before = find(addressName(identity.address))
    if (before && before.record.key !== key) devices.set(before.record.key, away(before))
    forget(key)
    devices.set(key, device)
    for (const name of namesOf(identity)) keys.set(name, key)
  }
  for (const record of records) put({ ...newDevice(), record })

  return {
    get size() {
      return devices.size
    },
    all: () => devices.values(),
    get: key => devices.get(key),
    at: address => find(addressName(address)),
    put,
    identify(asset, address) {
      const bySerial = find(serialName(asset))
      if (bySerial) return bySerial
      const byMac = find(macName(asset))
      if (byMac && !hasOther('serial', byMac, asset)) return byMac
      const byAddress = find(addressName(address))
      if (byAddress && isLikely(byAddress, asset)) return byAddress
      return newDevice()
    },
  }
}

function away(device: Device): Device {
  const { address: _, ...identity } = device.record.identity
  return { ...device, record: { ...device.record, identity }, isRead: false }
}

/** A device moved: its network card did not, or another device got its card. Only the first is the same device. */
function hasOther(name: 'serial' | 'mac', { record }: Device, asset: Asset): boolean {
  const [before, now] = [record.identity[name], asset[name]]
  return before !== undefined && now !== undefined && before !== now
}

/**
 * Whether the device that was known at an address is the one that is read there now: one that has not been identified
 * before, or that does not say this time who it is (a printer that has just been switched on) but is of the same model.
 */
function isLikely(device: Device, asset: Asset): boolean {
  const { identity, state } = device.record
  if (identity.serial === undefined && identity.mac === undefined) return true
  if (hasOther('serial', device, asset) || hasOther('mac', device, asset)) return false
  return asset.make === state.asset?.make && asset.model === state.asset?.model
}

function newDevice(): Device {
  const record = { key: randomUUID(), identity: {}, state: {}, reportedFullAt: 0 }
  return { record, isStated: false, failures: 0, isRead: false, dueAt: 0 }
}

function namesOf(identity: DeviceIdentity): string[] {
  const names = [serialName(identity), macName(identity), addressName(identity.address)]
  return names.filter(name => name !== undefined)
}

function serialName({ make, serial }: DeviceIdentity): string | undefined {
  return serial === undefined ? undefined : `serial ${make ?? ''} ${serial}`
}

function macName({ mac }: DeviceIdentity): string | undefined {
  return mac === undefined ? undefined : `mac ${mac}`
}

function addressName(address: string | undefined): string | undefined {
  return address === undefined ? undefined : `address ${address}`
}
