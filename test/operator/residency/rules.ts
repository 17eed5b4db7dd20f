import type { KubeObject } from '../../kubernetes/index.ts'
import { type Platform, regionNamed, tenantNamed } from '../support/index.ts'

/** A way to break a rule of country or region that the CRDs would refuse, and the way back. */
export interface Broken {
  tenant: string
  why: string
  change(platform: Platform): Promise<unknown>
  /** The condition `Accepted`. */
  refused: RegExp
  /** The condition `ResidencyVerified`, after `False Violated`. */
  violated: RegExp
  undo(platform: Platform): Promise<unknown>
}

const inSpec =
  (which: `tenant/${string}` | 'region/shrinking', spec: object) => (platform: Platform) =>
    platform.patch(which, spec)

const onNamespace = (tenant: string, annotation: string) => (platform: Platform) =>
  platform.kubectl(
    ...['annotate', '--overwrite', `namespace/tenant-${tenant}`, `platen.dev/${annotation}`],
  )

export const BROKEN: Broken[] = [
  {
    tenant: 'shrunk',
    why: 'Its Region does not serve its country any more.',
    change: inSpec('region/shrinking', { countries: ['FR'] }),
    refused: /CountryNotServed .* put DE back into spec.countries of the Region/,
    violated: /Region shrinking serves FR, not DE/,
    undo: inSpec('region/shrinking', { countries: ['DE'] }),
  },
  {
    tenant: 'country-changed',
    why: 'Its country was changed.',
    change: inSpec('tenant/country-changed', { country: 'AT' }),
    refused: /CountryChanged .* set spec.country to DE again/,
    violated: /country of Tenant country-changed is DE according to its ledger, and now AT/,
    undo: inSpec('tenant/country-changed', { country: 'DE' }),
  },
  {
    tenant: 'country-removed',
    why: 'Its country was removed.',
    change: inSpec('tenant/country-removed', { country: null }),
    refused: /CountryChanged .* from DE to nowhere/,
    violated: /country of Tenant country-removed is DE .*, and now missing/,
    undo: inSpec('tenant/country-removed', { country: 'DE' }),
  },
  {
    tenant: 'region-changed',
    why: 'Its region was changed.',
    change: inSpec('tenant/region-changed', { regionRef: { name: 'vault' } }),
    refused: /RegionChanged .* set spec.regionRef.name to de again/,
    violated: /region of Tenant region-changed is de .*, and now vault/,
    undo: inSpec('tenant/region-changed', { regionRef: { name: 'de' } }),
  },
  {
    tenant: 'region-removed',
    why: 'Its region was removed.',
    change: inSpec('tenant/region-removed', { regionRef: null }),
    refused: /RegionChanged .* set spec.regionRef.name to de again/,
    violated: /spec.regionRef of Tenant region-removed is de .*, and now missing/,
    undo: inSpec('tenant/region-removed', { regionRef: { name: 'de' } }),
  },
  {
    tenant: 'country-edited',
    why: 'The country that its namespace remembers was edited.',
    change: onNamespace('country-edited', 'country=FR'),
    refused: /CountryChanged .* changed from DE to FR; set it to DE again/,
    violated: /is FR according to its namespace, and now DE/,
    undo: onNamespace('country-edited', 'country=DE'),
  },
  {
    tenant: 'region-edited',
    why: 'The region that its namespace remembers was edited.',
    change: onNamespace('region-edited', 'region=vault'),
    refused: /RegionChanged .* changed from de to vault; set it to de again/,
    violated: /is vault according to its namespace, and now de/,
    undo: onNamespace('region-edited', 'region=de'),
  },
]

/** In Region `de` where nothing else is said. */
export function brokenOnes(): KubeObject[] {
  return [
    regionNamed('shrinking', { countries: ['DE'] }),
    ...BROKEN.map(({ tenant }) =>
      tenantNamed(tenant, { regionRef: { name: tenant === 'shrunk' ? 'shrinking' : 'de' } }),
    ),
  ]
}

/** The CRDs as they are after somebody installed them without their rules. */
export async function removeRules({ de }: Platform): Promise<void> {
  for (const plural of ['tenants', 'regions']) {
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.platen.dev`
    const text = JSON.stringify(await de.plane.rest.call('GET', path))
    const body = JSON.parse(text, (key, value) => {
      if (key === 'x-kubernetes-validations') return undefined
      const isList = key === 'required' && Array.isArray(value)
      return isList ? value.filter(name => name !== 'country') : value
    })
    await de.plane.rest.call('PUT', path, { body })
  }
}
