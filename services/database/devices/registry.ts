import { randomUUID } from 'node:crypto'
import type { Asset } from '@platen/protocol'
import { type Identity, identitiesOf, serialOf } from './identity.ts'

/** One report about a device, as far as it matters for which device that is. */
export interface Sighting {
  monitorId: string
  siteId: string
  /** The monitor's own name for the device. */
  key: string
  /** RFC 3339, UTC, milliseconds. */
  observedAt: string
  asset: Asset | undefined
}

/** What the database knows of a device's identity. */
export interface KnownDevice {
  id: string
  /** RFC 3339, UTC, milliseconds. */
  firstSeenAt: string
  identities: Identity[]
}

/** A monitor's own name for a device. */
export interface Alias {
  monitorId: string
  key: string
}

/** What must change in the database for sightings to be in it; merges are in the order in which to do them. */
export interface RegistryChanges {
  created: (Pick<Sighting, 'siteId' | 'monitorId'> & { id: string; firstSeenAt: string })[]
  merged: { loser: string; survivor: string }[]
  aliases: (Alias & { deviceId: string })[]
  identities: (Identity & { deviceId: string })[]
  forgotten: Identity[]
}

const aliasText = ({ monitorId, key }: Alias) => `${monitorId}/${key}`
const identityText = ({ kind, value }: Identity) => `${kind}/${value}`
const isLasting = ({ kind }: Identity) => kind === 'serial' || kind === 'mac'

/** What is known, and what has changed since it was read. Maps by alias, identity or device id. */
export interface Registry {
  known: Map<string, KnownDevice>
  byAlias: Map<string, string>
  byIdentity: Map<string, string>
  created: Map<string, RegistryChanges['created'][number]>
  merged: RegistryChanges['merged']
  aliases: Map<string, Alias>
  identities: Map<string, Identity>
  forgotten: Map<string, Identity>
}

export function createRegistry(
  devices: KnownDevice[],
  aliases: (Alias & { deviceId: string })[],
): Registry {
  return {
    known: new Map(devices.map(device => [device.id, device])),
    byAlias: new Map(aliases.map(alias => [aliasText(alias), alias.deviceId])),
    byIdentity: new Map(
      devices.flatMap(({ id, identities }) => identities.map(i => [identityText(i), id] as const)),
    ),
    created: new Map(),
    merged: [],
    aliases: new Map(),
    identities: new Map(),
    forgotten: new Map(),
  }
}

/**
 * Decides which device a sighting is about, and keeps it in the registry. Pure but for the registry.
 *
 * A serial number is the strongest evidence, then a MAC, then the monitor's own name for the device (the alias), then a
 * makeshift identity. Devices that one sighting shows to be one are merged into the older. Two devices with different
 * serial numbers are never one: a printer that was replaced leaves its alias, MAC and place to its successor.
 *
 * @returns the device's id; a later sighting may merge it into another, see currentDevice
 */
export function see(registry: Registry, sighting: Sighting): string {
  const identities = sighting.asset ? identitiesOf(sighting.asset, sighting.siteId) : []
  const device = choose(registry, sighting, identities)
  claimAll(registry, identities, device)
  const alias = aliasText(sighting)
  if (registry.byAlias.get(alias) !== device.id) {
    registry.aliases.set(alias, { monitorId: sighting.monitorId, key: sighting.key })
    registry.byAlias.set(alias, device.id)
  }
  return device.id
}

/** The device that `id` is now, after merges. */
export function currentDevice(registry: Registry, id: string): string {
  const merge = registry.merged.find(({ loser }) => loser === id)
  return merge ? currentDevice(registry, merge.survivor) : id
}

/** What the sightings have changed. */
export function changesOf(registry: Registry): RegistryChanges {
  return {
    created: [...registry.created.values()],
    merged: registry.merged,
    aliases: [...registry.aliases].map(([text, alias]) => ({
      ...alias,
      deviceId: registry.byAlias.get(text) ?? '',
    })),
    identities: [...registry.identities].map(([text, identity]) => ({
      ...identity,
      deviceId: registry.byIdentity.get(text) ?? '',
    })),
    forgotten: [...registry.forgotten.values()],
  }
}

export function isUnchanged({ created, merged, aliases, identities }: RegistryChanges): boolean {
  return created.length + merged.length + aliases.length + identities.length === 0
}

function choose(registry: Registry, sighting: Sighting, identities: Identity[]): KnownDevice {
  const { known, byAlias, byIdentity } = registry
  const named = known.get(byAlias.get(aliasText(sighting)) ?? '')
  const owners = identities
    .map(identity => known.get(byIdentity.get(identityText(identity)) ?? ''))
    .filter(owner => owner !== undefined)
  // A makeshift identity says less than the monitor's own name, and is no reason to merge.
  if (!identities.some(isLasting)) return named ?? owners[0] ?? create(registry, sighting)

  const candidates = new Set(named ? [...owners, named] : owners)
  const [first, ...others] = [...candidates].filter(({ identities: its }) => agree(its, identities))
  if (!first) return create(registry, sighting)
  return others.reduce(
    (device, other) =>
      agree(device.identities, other.identities) ? merge(registry, device, other) : device,
    first,
  )
}

function create({ known, created }: Registry, sighting: Sighting): KnownDevice {
  const { siteId, monitorId, observedAt } = sighting
  const device: KnownDevice = { id: randomUUID(), firstSeenAt: observedAt, identities: [] }
  known.set(device.id, device)
  created.set(device.id, { id: device.id, siteId, monitorId, firstSeenAt: observedAt })
  return device
}

/** Makeshift identities are kept only as long as nothing better is known. */
function claimAll(registry: Registry, identities: Identity[], device: KnownDevice): void {
  const lasting = [...device.identities, ...identities].some(isLasting)
  for (const identity of identities) {
    if (isLasting(identity) || !lasting) claim(registry, identity, device)
  }
  if (!lasting) return
  for (const identity of device.identities.filter(i => !isLasting(i))) {
    forget(registry, identity, device)
  }
}

function claim(registry: Registry, identity: Identity, device: KnownDevice): void {
  const text = identityText(identity)
  const owner = registry.byIdentity.get(text)
  if (owner === device.id) return
  const former = registry.known.get(owner ?? '')
  if (former) former.identities = former.identities.filter(i => identityText(i) !== text)
  device.identities.push(identity)
  registry.byIdentity.set(text, device.id)
  registry.identities.set(text, identity)
  registry.forgotten.delete(text)
}

function forget(registry: Registry, identity: Identity, device: KnownDevice): void {
  const text = identityText(identity)
  device.identities = device.identities.filter(i => identityText(i) !== text)
  registry.byIdentity.delete(text)
  registry.identities.delete(text)
  registry.forgotten.set(text, identity)
}

function merge(registry: Registry, a: KnownDevice, b: KnownDevice): KnownDevice {
  const [survivor, loser] = isOlder(a, b) ? [a, b] : [b, a]
  survivor.identities.push(...loser.identities)
  for (const identity of loser.identities) {
    registry.byIdentity.set(identityText(identity), survivor.id)
  }
  for (const [alias, id] of registry.byAlias) {
    if (id === loser.id) registry.byAlias.set(alias, survivor.id)
  }
  registry.known.delete(loser.id)
  registry.merged.push({ loser: loser.id, survivor: survivor.id })
  return survivor
}

/** Whether what is known of a device and what is seen (or known of another) can be true of one device. */
function agree(known: Identity[], seen: Identity[]): boolean {
  const serials = ofKind(known, 'serial').map(serialOf)
  const seenSerials = ofKind(seen, 'serial').map(serialOf)
  if (serials.length > 0 && seenSerials.length > 0) {
    return seenSerials.some(serial => serials.includes(serial))
  }
  const macs = ofKind(known, 'mac').map(({ value }) => value)
  const seenMacs = ofKind(seen, 'mac').map(({ value }) => value)
  return macs.length === 0 || seenMacs.length === 0 || seenMacs.some(mac => macs.includes(mac))
}

function ofKind(identities: Identity[], kind: Identity['kind']): Identity[] {
  return identities.filter(identity => identity.kind === kind)
}

function isOlder(a: KnownDevice, b: KnownDevice): boolean {
  return a.firstSeenAt === b.firstSeenAt ? a.id < b.id : a.firstSeenAt < b.firstSeenAt
}
