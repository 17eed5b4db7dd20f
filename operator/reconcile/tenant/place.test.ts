import { describe, expect, it } from 'vitest'
import type { Region } from '../../resources/region.ts'
import type { Tenant } from '../../resources/tenant.ts'
import { place } from './place.ts'

const region = (name: string, countries: string[], metadata = {}) =>
  ({ metadata: { name, ...metadata }, spec: { countries } }) as unknown as Region
const tenant = (
  spec: object,
  { name = 'acme', ...status }: { name?: string; country?: string; region?: string } = {},
) =>
  ({
    metadata: { name },
    spec: { size: 'small', country: 'DE', ...spec },
    status,
  }) as unknown as Tenant

const REGIONS = [region('de', ['DE', 'AT']), region('fr', ['FR', 'LU']), region('lu', ['LU'])]

describe('a tenant is placed', () => {
  it.each([
    { why: 'where its country is the only one to be served', of: tenant({}), want: 'de' },
    {
      why: 'where it says, though others serve its country too',
      of: tenant({ country: 'LU', regionRef: { name: 'lu' } }),
      want: 'lu',
    },
    {
      why: 'where it was, though another Region serves its country by now',
      of: tenant({ country: 'LU' }, { country: 'LU', region: 'fr' }),
      want: 'fr',
    },
  ])('$why', ({ of, want }) => {
    expect(place(of, REGIONS)).toMatchObject({
      kind: 'placed',
      region: { metadata: { name: want } },
    })
  })
})

describe('a tenant is refused', () => {
  it.each([
    {
      why: 'no Region serves its country',
      of: tenant({ country: 'SE' }),
      reason: 'NoRegionForCountry',
      says: 'no Region serves SE; create one whose spec.countries holds it',
    },
    {
      why: 'several Regions serve its country and it names none',
      of: tenant({ country: 'LU' }),
      reason: 'SeveralRegionsForCountry',
      says: 'the Regions fr, lu serve LU; name one of them in spec.regionRef',
    },
    {
      why: 'the Region that it names does not exist',
      of: tenant({ regionRef: { name: 'xx' } }),
      reason: 'RegionNotFound',
      says: 'there is no Region xx; create it, or name one that exists',
    },
    {
      why: 'the Region that it names does not serve its country',
      of: tenant({ regionRef: { name: 'fr' } }),
      reason: 'CountryNotServed',
      says: 'Region fr serves FR, LU, not DE',
    },
    {
      why: 'its country was changed, with the rule of the CRD gone',
      of: tenant({ country: 'FR' }, { country: 'DE', region: 'de' }),
      reason: 'CountryChanged',
      says: "from DE to FR: a tenant's country never changes; set spec.country to DE again",
    },
    {
      why: 'its country was removed, with the rule of the CRD gone',
      of: tenant({ country: undefined }, { country: 'DE', region: 'de' }),
      reason: 'CountryChanged',
      says: 'from DE to nowhere',
    },
    {
      why: 'its region was changed, with the rule of the CRD gone',
      of: tenant({ country: 'LU', regionRef: { name: 'lu' } }, { country: 'LU', region: 'fr' }),
      reason: 'RegionChanged',
      says: 'from Region fr to lu',
    },
    {
      why: 'the Region in which it is has gone',
      of: tenant({}, { country: 'DE', region: 'gone' }),
      reason: 'RegionNotFound',
      says: 'there is no Region gone',
    },
    {
      why: 'its name makes the host name too long',
      of: tenant({}, { name: 'a'.repeat(41) }),
      reason: 'Invalid',
      says: 'choose at most 40 lower-case letters, digits and dashes',
    },
    {
      why: 'it has resources of its own without the size for them',
      of: tenant({ resources: {} }),
      reason: 'Invalid',
      says: 'use the size custom',
    },
  ])('because $why', ({ of, reason, says }) => {
    const refusal = place(of, REGIONS)
    expect(refusal).toMatchObject({ kind: 'refused', condition: 'Accepted', reason })
    expect(refusal).toHaveProperty('message', expect.stringContaining(says))
  })

  it('by a Region that is being deleted, unless it is in it already', () => {
    const going = [region('de', ['DE'], { deletionTimestamp: '2026-11-23T00:00:00Z' })]
    expect(place(tenant({}), going)).toMatchObject({ reason: 'RegionDeleting' })
    expect(place(tenant({}, { country: 'DE', region: 'de' }), going)).toMatchObject({
      kind: 'placed',
    })
  })
})
