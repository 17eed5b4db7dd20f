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
  /** ms since 1970: when it was last read, and when it is to be polled. */
  readAt: number
  dueAt: number
}

/** The devices, and which of them a reading is about. */
export interface Registry {
  readonly size: number
  all(): Iterable<Device>
  at(address: string): Device | undefined
  /** Adds or changes a device, to be called when the outbox has its new record. */
  put(device: Device): void
  /**
   * The device that a reading is about: the one with the same serial number (of the same make), else the same MAC
   * address, else the one known by nothing but this address. A new one has a new key.
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
  const put = (device: Device) => {
    const { key, identity } = device.record
    for (const name of namesOf(devices.get(key)?.record.identity ?? {})) {
      if (keys.get(name) === key) keys.delete(name)
    }
    devices.set(key, device)
    for (const name of namesOf(identity)) keys.set(name, key)
  }
  for (const record of records) {
    put({ record, isStated: false, failures: 0, readAt: 0, dueAt: 0 })
  }

  return {
    get size() {
      return devices.size
    },
    all: () => devices.values(),
    at: address => find(addressName(address)),
    put,
    identify(asset, address) {
      const bySerial = find(serialName(asset))
      if (bySerial) return bySerial
      const byMac = find(macName(asset))
      if (byMac && !hasOtherSerial(byMac, asset)) return byMac
      const byAddress = find(addressName(address))
      if (byAddress && isKnownByAddressOnly(byAddress)) return byAddress
      return newDevice()
    },
  }
}

/** A device moved: its network card did not, or another device got its card. Only the first is the same device. */
function hasOtherSerial({ record }: Device, asset: Asset): boolean {
  return record.identity.serial !== undefined && asset.serial !== undefined
}

function isKnownByAddressOnly({ record: { identity } }: Device): boolean {
  return identity.serial === undefined && identity.mac === undefined
}

function newDevice(): Device {
  const record = { key: randomUUID(), identity: {}, state: {}, reportedFullAt: 0 }
  return { record, isStated: false, failures: 0, readAt: 0, dueAt: 0 }
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
