import type { Region } from '../../resources/region.ts'
import type { Tenant } from '../../resources/tenant.ts'
import { type Refused, refused } from '../outcome.ts'

export type Place = { kind: 'placed'; region: Region } | Refused

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
export const LONGEST_TENANT_NAME = 40

/**
 * Where a tenant belongs. The rules of the CRD once more: with a CRD that was reinstalled without them, a tenant is still
 * never moved. A tenant that was placed once keeps its region, and is refused when that no longer serves its country.
 * @param before - Name of the Region in which the tenant's data is already.
 */
export function place(
  tenant: Tenant,
  regions: readonly Region[],
  before: string | undefined = tenant.status?.region,
): Place {
  const problem = wrongName(tenant) ?? wrongCountry(tenant) ?? wrongSize(tenant)
  if (problem) return problem
  const chosen = choose(tenant, regions, before)
  if (chosen.kind === 'refused') return chosen
  const { region } = chosen
  return before === undefined ? served(tenant, region) : stillServed(tenant, region)
}

function wrongName({ metadata: { name } }: Tenant): Refused | undefined {
  if (name.length <= LONGEST_TENANT_NAME && DNS_LABEL.test(name)) return undefined
  return no(
    'Invalid',
    `cannot accept Tenant ${name}: its name becomes part of a host name; choose at most ${LONGEST_TENANT_NAME} lower-case letters, digits and dashes`,
  )
}

function wrongCountry({ metadata, spec, status }: Tenant): Refused | undefined {
  const { name } = metadata
  const before = status?.country
  if (before !== undefined && before !== spec.country) {
    return no(
      'CountryChanged',
      `cannot move Tenant ${name} from ${before} to ${spec.country ?? 'nowhere'}: a tenant's country never changes; set spec.country to ${before} again`,
    )
  }
  if (/^[A-Z]{2}$/.test(spec.country ?? '')) return undefined
  return no(
    'Invalid',
    `cannot place Tenant ${name}: spec.country is no ISO 3166-1 code; give e.g. DE`,
  )
}

function wrongSize({ metadata, spec }: Tenant): Refused | undefined {
  const isCustom = spec.size === 'custom'
  if (isCustom === (spec.resources !== undefined)) return undefined
  const what = isCustom ? 'needs spec.resources' : 'takes no spec.resources; use the size custom'
  return no('Invalid', `cannot size Tenant ${metadata.name}: the size ${spec.size} ${what}`)
}

function choose(tenant: Tenant, regions: readonly Region[], before: string | undefined): Place {
  const { metadata, spec } = tenant
  const wanted = spec.regionRef?.name
  if (before !== undefined && wanted !== undefined && wanted !== before) {
    return no(
      'RegionChanged',
      `cannot move Tenant ${metadata.name} from Region ${before} to ${wanted}: a tenant's region never changes; set spec.regionRef.name to ${before} again`,
    )
  }
  const name = wanted ?? before
  return name === undefined ? byCountry(tenant, regions) : byName(tenant, name, regions)
}

function byName({ metadata }: Tenant, name: string, regions: readonly Region[]): Place {
  const region = regions.find(one => one.metadata.name === name)
  if (region) return { kind: 'placed', region }
  return no(
    'RegionNotFound',
    `cannot place Tenant ${metadata.name}: there is no Region ${name}; create it, or name one that exists in spec.regionRef`,
  )
}

function byCountry({ metadata, spec }: Tenant, regions: readonly Region[]): Place {
  const serving = regions.filter(one => one.spec.countries.includes(spec.country))
  const [region, ...more] = serving
  if (region && more.length === 0) return { kind: 'placed', region }
  if (!region) {
    return no(
      'NoRegionForCountry',
      `cannot place Tenant ${metadata.name}: no Region serves ${spec.country}; create one whose spec.countries holds it`,
    )
  }
  const names = serving.map(one => one.metadata.name).sort()
  return no(
    'SeveralRegionsForCountry',
    `cannot place Tenant ${metadata.name}: the Regions ${names.join(', ')} serve ${spec.country}; name one of them in spec.regionRef`,
  )
}

/** New tenants only go where their country is served. */
function served({ metadata, spec }: Tenant, region: Region): Place {
  const { name } = region.metadata
  if (!region.spec.countries.includes(spec.country)) {
    return no(
      'CountryNotServed',
      `cannot place Tenant ${metadata.name}: Region ${name} serves ${region.spec.countries.join(', ')}, not ${spec.country}; name a Region that does in spec.regionRef, or leave it out`,
    )
  }
  if (region.metadata.deletionTimestamp !== undefined) {
    return no(
      'RegionDeleting',
      `cannot place Tenant ${metadata.name}: Region ${name} is being deleted; name another one in spec.regionRef`,
    )
  }
  return { kind: 'placed', region }
}

/** Those that are there already stay, and wait until it is served again. */
function stillServed({ metadata, spec }: Tenant, region: Region): Place {
  if (region.spec.countries.includes(spec.country)) return { kind: 'placed', region }
  const { name } = region.metadata
  return no(
    'CountryNotServed',
    `cannot serve Tenant ${metadata.name}: its data is in Region ${name}, which serves ${region.spec.countries.join(', ')}, not ${spec.country}; put ${spec.country} back into spec.countries of the Region`,
  )
}

function no(reason: Refused['reason'], message: string): Refused {
  return refused('Accepted', reason, message)
}
