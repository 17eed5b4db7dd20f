import type { Transaction } from '../connect.ts'
import type { Identity } from './identity.ts'
import { identitiesOf } from './identity.ts'
import { mergeDevices } from './merge.ts'
import {
  type Alias,
  changesOf,
  createRegistry,
  currentDevice,
  isUnchanged,
  type KnownDevice,
  type RegistryChanges,
  type Sighting,
  see,
} from './registry.ts'

/** Any number will do, as long as every process of Platen uses the same. */
const IDENTITY_LOCK = 0x706c62

/**
 * The device of each sighting, in their order; makes, merges and re-points devices as needed. Only one transaction at a
 * time changes who is who: it decides again once it has the lock. A device may still be merged away by another
 * transaction until it is locked; whoever then misses it asks again.
 */
export async function identify(tx: Transaction, sightings: Sighting[]): Promise<string[]> {
  const first = await decide(tx, sightings)
  if (isUnchanged(first.changes)) return first.deviceIds
  await tx`select pg_advisory_xact_lock(${IDENTITY_LOCK})`
  const { deviceIds, changes } = await decide(tx, sightings)
  await apply(tx, changes)
  return deviceIds
}

async function decide(tx: Transaction, sightings: Sighting[]) {
  const aliases = await findAliases(tx, sightings)
  const identities = sightings.flatMap(({ asset, siteId }) =>
    asset ? identitiesOf(asset, siteId) : [],
  )
  const ids = aliases.map(({ deviceId }) => deviceId)
  // Without an asset nothing but the alias can tell, so nothing else need be known.
  const devices = sightings.some(({ asset }) => asset)
    ? await findDevices(tx, ids, identities)
    : ids.map(id => ({ id, firstSeenAt: '', identities: [] }))
  const registry = createRegistry(devices, aliases)
  const seen = sightings.map(sighting => see(registry, sighting))
  return {
    deviceIds: seen.map(id => currentDevice(registry, id)),
    changes: changesOf(registry),
  }
}

async function findAliases(
  tx: Transaction,
  sightings: Sighting[],
): Promise<(Alias & { deviceId: string })[]> {
  const distinct = [...new Map(sightings.map(s => [`${s.monitorId}/${s.key}`, s])).values()]
  return tx<(Alias & { deviceId: string })[]>`
    select monitor_id as "monitorId", key, device_id as "deviceId"
    from unnest(
      ${distinct.map(s => s.monitorId)}::uuid[],
      ${distinct.map(s => s.key)}::text[]
    ) as seen(monitor_id, key)
    join device_alias using (monitor_id, key)`
}

async function findDevices(
  tx: Transaction,
  ids: string[],
  identities: Identity[],
): Promise<KnownDevice[]> {
  const rows = await tx<
    { id: string; firstSeenAt: Date; kinds: Identity['kind'][]; values: string[] }[]
  >`
    with wanted as (
      select unnest(${ids}::uuid[]) as id
      union
      select device_id
      from unnest(
        ${identities.map(({ kind }) => kind)}::identity_kind[],
        ${identities.map(({ value }) => value)}::text[]
      ) as seen(kind, value)
      join device_identity using (kind, value)
    )
    select device.id, device.first_seen_at as "firstSeenAt",
      array(select kind::text from device_identity i where i.device_id = device.id order by i.kind, i.value) as kinds,
      array(select value from device_identity i where i.device_id = device.id order by i.kind, i.value) as values
    from wanted join device using (id)`
  return rows.map(({ id, firstSeenAt, kinds, values }) => ({
    id,
    firstSeenAt: firstSeenAt.toISOString(),
    identities: kinds.map((kind, i) => ({ kind, value: values[i] ?? '' })),
  }))
}

async function apply(tx: Transaction, changes: RegistryChanges): Promise<void> {
  const { created, merged, identities, aliases, forgotten } = changes
  await tx`
    insert into device (id, site_id, monitor_id, first_seen_at, last_seen_at)
    select id, site_id, monitor_id, seen_at, seen_at from unnest(
      ${created.map(row => row.id)}::uuid[],
      ${created.map(row => row.siteId)}::uuid[],
      ${created.map(row => row.monitorId)}::uuid[],
      ${created.map(row => row.firstSeenAt)}::timestamptz[]
    ) as new(id, site_id, monitor_id, seen_at)`
  for (const { loser, survivor } of merged) await mergeDevices(tx, loser, survivor)
  await tx`
    insert into device_identity (kind, value, device_id)
    select * from unnest(
      ${identities.map(row => row.kind)}::identity_kind[],
      ${identities.map(row => row.value)}::text[],
      ${identities.map(row => row.deviceId)}::uuid[])
    on conflict (kind, value) do update set device_id = excluded.device_id`
  await tx`
    insert into device_alias (monitor_id, key, device_id)
    select * from unnest(
      ${aliases.map(row => row.monitorId)}::uuid[],
      ${aliases.map(row => row.key)}::text[],
      ${aliases.map(row => row.deviceId)}::uuid[])
    on conflict (monitor_id, key) do update set device_id = excluded.device_id`
  await tx`
    delete from device_identity using unnest(
      ${forgotten.map(row => row.kind)}::identity_kind[],
      ${forgotten.map(row => row.value)}::text[]
    ) as gone(kind, value)
    where device_identity.kind = gone.kind and device_identity.value = gone.value`
}
