import type { Entry } from '@platen/ledger'
import { ANNOTATIONS } from '../names.ts'
import type { Region } from '../resources/region.ts'
import type { Tenant } from '../resources/tenant.ts'

/** What was promised to a tenant, as its ledger says: it holds, whatever becomes of the Tenant and the Region. */
export interface Commitment {
  country: string
  label: string
  place: string
}

/** What residency means for a tenant that has no ledger yet. */
export function commitmentOf(region: Region, tenant: Tenant): Commitment {
  const { regionLabel, regionValue } = region.spec.placement
  return { country: tenant.spec.country, label: regionLabel, place: regionValue }
}

export function commitmentIn({ country, facts }: Entry): Commitment {
  return { country, label: facts.label, place: facts.place }
}

export interface Records {
  region: Region
  tenant: Tenant
  /** Those of the tenant's namespace; undefined: it does not exist yet. */
  namespace?: Readonly<Record<string, string>> | undefined
  /** Undefined: the ledger has no entry yet. */
  committed?: Commitment | undefined
}

/**
 * The rules of the CRDs again, against everything where the operator wrote down what must not change: a reinstalled CRD
 * or a status that somebody emptied moves no tenant. Empty: nothing is broken; otherwise sentences with what to do. To
 * be asked before anything is applied, because applying writes the records anew.
 */
export function brokenRules(records: Records): string[] {
  const { region, tenant } = records
  const name = tenant.metadata.name
  const { countries } = region.spec
  const rules = [...recordsOf(records).flatMap(record => broken(record, name))]
  const country = committedCountry(records)
  if (!countries.includes(country)) {
    rules.push(
      `Region ${region.metadata.name} serves ${countries.join(', ')}, not ${country}; put the country of Tenant ${name} back into its spec.countries`,
    )
  }
  return [...rules, ...movedRegion(records)]
}

/** Where the data of a tenant belongs, whatever its spec says by now. */
function committedCountry({ tenant, committed }: Records): string {
  return committed?.country ?? tenant.status?.country ?? tenant.spec.country
}

interface Recorded {
  what: 'country' | 'region' | 'spec.regionRef'
  where: string
  before: string | undefined
  now: string
}

function recordsOf({ region, tenant, namespace, committed }: Records): Recorded[] {
  const { country: current = 'missing', regionRef } = tenant.spec as Partial<Tenant['spec']>
  const country = { what: 'country', now: current } as const
  const place = { what: 'region', now: regionRef?.name ?? region.metadata.name } as const
  return [
    { ...country, where: 'its status', before: tenant.status?.country },
    { ...country, where: 'its namespace', before: namespace?.[ANNOTATIONS.country] },
    { ...country, where: 'its ledger', before: committed?.country },
    { ...place, where: 'its status', before: tenant.status?.region },
    { ...place, where: 'its namespace', before: namespace?.[ANNOTATIONS.region] },
    // Changed, it is told above; here it is left out.
    {
      what: 'spec.regionRef',
      now: regionRef?.name ?? 'missing',
      where: 'its namespace',
      before: regionRef ? undefined : namespace?.[ANNOTATIONS.regionRef],
    },
  ]
}

function broken({ what, where, before, now }: Recorded, name: string): string[] {
  if (before === undefined || before === now) return []
  return [
    `the ${what} of Tenant ${name} is ${before} according to ${where}, and now ${now}: it never changes; set it to ${before} again`,
  ]
}

/** The Region's own place was edited below its tenants. */
function movedRegion({ region, tenant, committed }: Records): string[] {
  if (!committed) return []
  const { label, place } = commitmentOf(region, tenant)
  if (label === committed.label && place === committed.place) return []
  return [
    `Region ${region.metadata.name} was ${committed.label}=${committed.place} and is now ${label}=${place}: its tenants' data did not move with it; set spec.placement back`,
  ]
}
