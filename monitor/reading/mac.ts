import type { Rows, SnmpValue } from '../snmp/index.ts'
import { column } from './rows.ts'

const UP = 1

/**
 * The MAC that names the device: of the interface that holds the polled address; else of the one that holds its only
 * address (the monitor may see it through NAT); else of its only interface that has one; else of the only one that is
 * up. Undefined where that leaves a choice.
 */
export function macOf(rows: Rows, polled: string): string | undefined {
  const macs = usableMacs(column(rows, 'ifPhysAddress'))
  const holders = column(rows, 'ipAdEntIfIndex')
  const status = column(rows, 'ifOperStatus')
  const routed = [...holders].filter(([address]) => !/^(?:127|0)\./.test(address))
  const [onlyRouted] = routed.length === 1 ? routed : []
  const up = [...macs].filter(([index]) => status.get(index) === UP).map(([, mac]) => mac)
  return (
    macs.get(String(holders.get(polled))) ??
    macs.get(String(onlyRouted?.[1])) ??
    only([...macs.values()]) ??
    only(up)
  )
}

function only(macs: readonly string[]): string | undefined {
  const different = new Set(macs)
  const [first] = different
  return different.size === 1 ? first : undefined
}

function usableMacs(addresses: ReadonlyMap<string, SnmpValue>): Map<string, string> {
  const macs = new Map<string, string>()
  for (const [index, value] of addresses) {
    const mac = value instanceof Uint8Array ? macFrom(value) : undefined
    if (mac) macs.set(index, mac)
  }
  return macs
}

/**
 * A universally administered address of one station (IEEE 802): others, such as that of Wi-Fi Direct or the
 * aa:bb:cc:dd:ee:ff of an edited recording, are not unique, so they name no device.
 */
function macFrom(octets: Uint8Array): string | undefined {
  const [first = 0] = octets
  if (octets.length !== 6 || (first & 0b11) !== 0 || octets.every(octet => octet === 0))
    return undefined
  return Array.from(octets, octet => octet.toString(16).padStart(2, '0')).join(':')
}
