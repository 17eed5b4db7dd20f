import type { Asset } from '@platen/protocol'
import { vendorOf } from './vendor.ts'

/**
 * Kinds of identity, strongest first. `serial` and `mac` are lasting. `local-mac` (locally administered: made up by
 * software, perhaps many times) and `place` (make, model, host name and address within a site) are makeshifts: they
 * count only as long as neither is known.
 */
export type IdentityKind = 'serial' | 'mac' | 'local-mac' | 'place'

/** What makes two sightings one device. (kind, value) belongs to at most one device. */
export interface Identity {
  kind: IdentityKind
  value: string
}

/** What a device's asset says of who it is; at most one identity of each kind, strongest first. */
export function identitiesOf(asset: Asset, siteId: string): Identity[] {
  const lasting = [serialIdentity(asset), macIdentity(asset)].filter(known => known !== undefined)
  if (lasting.length > 0) return lasting
  return [localMac(asset, siteId), place(asset, siteId)].filter(known => known !== undefined)
}

function serialIdentity({ make, serial }: Asset): Identity | undefined {
  const vendor = vendorOf(make ?? '')
  const key = serialKey(serial ?? '')
  // Serial numbers are unique within a vendor only.
  return vendor && key ? { kind: 'serial', value: `${vendor}/${key}` } : undefined
}

/** The part of a serial identity that the device states as its own. */
export function serialOf(identity: Identity): string {
  return identity.value.slice(identity.value.indexOf('/') + 1)
}

/** What stands in a serial number's place when there is none: words, one character repeated, a counting-up. */
const PLACEHOLDERS = [
  /^[^0-9]*$/, // no digit: UNKNOWN, NONE, N/A, XXXXXXXXXX (an HP after an NVRAM reset), NOTSET, DEFAULT ...
  /^(.)\1*$/,
  /^0*123456789[0-9]*$/,
  /^0*12345(6|67|678)?$/,
  /^(TEST|DEMO|SAMPLE|SERIAL(NO|NUMBER)?|SN)[^A-Z0-9]*[0-9]{0,3}$/,
]

const SHORTEST_SERIAL = 4

/**
 * The key of a serial number: upper case, without spaces and leading zeros (some firmware pads with them, some does
 * not). Undefined for placeholders and for what is too short to be unique.
 */
export function serialKey(serial: string): string | undefined {
  const key = serial.toUpperCase().replace(/\s+/g, '').replace(/^0+/, '')
  if (key.length < SHORTEST_SERIAL) return undefined
  return PLACEHOLDERS.some(pattern => pattern.test(key)) ? undefined : key
}

/** Bits of a MAC's first octet (IEEE 802): group address, locally administered address. */
const GROUP = 0x01
const LOCAL = 0x02

function macIdentity({ mac }: Asset): Identity | undefined {
  return mac && isUsable(mac) && !isLocal(mac) ? { kind: 'mac', value: mac } : undefined
}

function localMac({ mac }: Asset, siteId: string): Identity | undefined {
  if (!mac || !isUsable(mac) || !isLocal(mac)) return undefined
  return { kind: 'local-mac', value: `${siteId}/${mac}` }
}

function isUsable(mac: string): boolean {
  return mac !== '00:00:00:00:00:00' && (firstOctet(mac) & GROUP) === 0
}

function isLocal(mac: string): boolean {
  return (firstOctet(mac) & LOCAL) !== 0
}

function firstOctet(mac: string): number {
  return Number.parseInt(mac.slice(0, 2), 16)
}

function place({ make, model, hostName, address }: Asset, siteId: string): Identity | undefined {
  if (!model || !(hostName || address)) return undefined
  const parts = [siteId, vendorOf(make ?? ''), model, hostName ?? '', address ?? '']
  return { kind: 'place', value: parts.join('/').toLowerCase() }
}
