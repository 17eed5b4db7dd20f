import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeHelm, describeKubernetes, type KubeObject } from '../kubernetes/index.ts'
import {
  conditionIn,
  LONG,
  namesOf,
  namespaceNamed,
  objectIn,
  type Platform,
  regionNamed,
  startPlatform,
  tenantNamed,
  within,
} from './support/index.ts'

const COMPUTE = { replicas: 1, cpu: '1', memory: '1Gi' }
const RESOURCES = {
  ingest: COMPUTE,
  api: COMPUTE,
  database: { instances: 1, cpu: '1', memory: '1Gi', storage: '10Gi' },
}
const TOO_LONG = 'n'.repeat(41)

describeHelm('an invalid Tenant', () => {
  describeKubernetes('on a running platform', () => {
    let platform: Platform
    beforeAll(async () => {
      platform = await startPlatform({ name: 'invalid' })
      await platform.startOperator()
      await platform.apply(
        regionNamed('de'),
        regionNamed('one', { countries: ['PL'] }),
        regionNamed('two', { countries: ['PL', 'CZ'] }),
        tenantNamed('settled', { regionRef: { name: 'de' } }),
        namespaceNamed('tenant-squatted'),
      )
      await platform.untilReady('settled')
    }, LONG)
    afterAll(() => platform?.[Symbol.asyncDispose]())

    it.concurrent.each([
      {
        why: 'a country that nobody has',
        tenant: tenantNamed('nobody', { country: 'ZZ' }),
        says: /cannot use this country: .* use two capital letters such as DE, FR or AT/,
      },
      {
        why: 'a country in small letters, which some YAML tools read as something else',
        tenant: tenantNamed('small', { country: 'no' }),
        says: /cannot use this country: .* use two capital letters/,
      },
      {
        why: 'no country: nobody else may choose where the data stays',
        tenant: tenantNamed('stateless', { country: undefined }),
        says: /Tenant.spec.*missing required field "country"/,
      },
      {
        why: 'a name that makes the host name too long',
        tenant: tenantNamed(TOO_LONG),
        says: /cannot use this metadata.name: .* use at most 40 lower case letters, digits and dashes/,
      },
      {
        why: 'a name with a dot, which would be another host',
        tenant: tenantNamed('acme.evil'),
        says: /cannot use this metadata.name: .* use at most 40/,
      },
      {
        why: 'a changed country, which would move the data',
        tenant: tenantNamed('settled', { country: 'AT', regionRef: { name: 'de' } }),
        says: /cannot change country: .* put the old one back, or make another Tenant/,
      },
      {
        why: 'a changed region, which would move the data',
        tenant: tenantNamed('settled', { regionRef: { name: 'one' } }),
        says: /cannot change regionRef: .* put the old one back, or make another Tenant/,
      },
      {
        why: 'a removed region, which would let the data go anywhere',
        tenant: tenantNamed('settled'),
        says: /cannot remove regionRef: .* put it back/,
      },
      {
        why: 'the size custom without numbers',
        tenant: tenantNamed('sizeless', { size: 'custom' }),
        says: /cannot use size custom without resources: .* set resources, or choose small, medium or large/,
      },
      {
        why: 'numbers with a named size, one of which would be ignored',
        tenant: tenantNamed('both', { size: 'small', resources: RESOURCES }),
        says: /cannot use resources with a named size: .* set size to custom, or remove resources/,
      },
      {
        why: 'a version that says nothing about what runs',
        tenant: tenantNamed('newest', { version: 'latest' }),
        says: /cannot run the version latest: .* name a release such as 1.4.0/,
      },
      {
        why: 'a country that the Region which it names does not serve',
        tenant: tenantNamed('prague', { country: 'CZ', regionRef: { name: 'one' } }),
        says: /cannot place this Tenant: Region one serves PL, not CZ; name a Region that does in spec.regionRef/,
      },
    ])('is refused at the door: $why', async ({ tenant, says }) => {
      const tried = within(() => refusalOf(tenant))
      expect(await tried).toMatch(says)
    })

    /** What the API server says; it takes it a moment to know a policy. */
    async function refusalOf(tenant: KubeObject): Promise<string> {
      const command = ['apply', '--server-side', '--dry-run=server', '-f', '-']
      const tried = platform.de.plane.kubectl(command, { input: [tenant] })
      return await tried.then(
        () => {
          throw new Error('it was not refused')
        },
        ({ message }) => message,
      )
    }

    // Each is of another Tenant, and waits most of its time.
    it.concurrent.each([
      {
        why: 'it names a Region that does not exist',
        tenant: tenantNamed('nowhere', { regionRef: { name: 'atlantis' } }),
        says: /^RegionNotFound cannot place Tenant nowhere: there is no Region atlantis; create it, or name one that exists in spec.regionRef$/,
        cure: () => platform.apply(regionNamed('atlantis', { countries: ['DE'] })),
      },
      {
        why: 'no Region serves its country',
        tenant: tenantNamed('tokyo', { country: 'JP' }),
        says: /^NoRegionForCountry cannot place Tenant tokyo: no Region serves JP; create one whose spec.countries holds it$/,
        cure: () => platform.apply(regionNamed('jp', { countries: ['JP'] })),
      },
      {
        why: 'several Regions serve its country, and it does not say which',
        tenant: tenantNamed('warsaw', { country: 'PL' }),
        says: /^SeveralRegionsForCountry cannot place Tenant warsaw: the Regions one, two serve PL; name one of them in spec.regionRef$/,
        cure: () => platform.patch('tenant/warsaw', { regionRef: { name: 'two' } }),
      },
      {
        why: 'a namespace of that name belongs to somebody else',
        tenant: tenantNamed('squatted', { regionRef: { name: 'de' } }),
        says: /^NamespaceNotOurs cannot use namespace tenant-squatted: it exists and was not made for Tenant squatted; delete it, or give the Tenant another name$/,
        cure: async () => {
          await platform.kubectl('delete', 'namespace', 'tenant-squatted')
          await platform.touch('tenant/squatted')
        },
      },
    ])(
      'is told by a condition, and gets its stack once that is put right: $why',
      async ({ tenant, says, cure }) => {
        const { name } = tenant.metadata
        await platform.apply(tenant)
        const refused = await platform.untilCondition(name, 'Accepted', 'False', says)
        expect(conditionIn(refused, 'Ready')).toMatch(/^False NotReady Accepted: cannot/)
        expect(refused.status.observedGeneration).toBeUndefined()
        expect(namesOf((await platform.objectsOf(name)).slice(1)), 'nothing is made').toEqual([])
        await cure()
        await platform.untilReady(name)
      },
      LONG,
    )

    it(
      'is told so when its Region went by force, and keeps all that it has',
      async () => {
        const before = namesOf(await platform.objectsOf('tokyo'))
        await platform.stopOperator()
        await platform.kubectl('delete', 'region', 'jp', '--wait=false')
        await platform.release('region/jp')
        await platform.startOperator()
        const says = /^RegionNotFound cannot place Tenant tokyo: there is no Region jp/
        await platform.untilCondition('tokyo', 'Accepted', 'False', says)
        expect(namesOf(await platform.objectsOf('tokyo'))).toEqual(before)
      },
      LONG,
    )

    it(
      'is refused by the operator too where the CRD has lost its rules',
      async () => {
        await platform.stopOperator()
        await platform.kubectl('delete', 'validatingadmissionpolicybindings', '--all')
        await removeRules()
        await platform.startOperator()
        const before = await lasting('settled')
        for (const { name, says, change } of WITHOUT_RULES) {
          await within(() => platform.apply(change))
          await platform.untilCondition(name, 'Accepted', 'False', says)
        }
        await within(async () => {
          const ingest = await objectIn(platform.de, 'tenant-settled', 'deployments/ingest')
          expect(ingest?.spec.replicas, 'its data may not go on to come here').toBe(0)
        })
        expect(await lasting('settled'), 'nothing moves').toEqual(before)
        for (const name of ['prague', TOO_LONG, 'sizeless', 'small']) {
          expect(await platform.objectsOf(name)).toEqual([])
        }
      },
      LONG,
    )

    async function lasting(tenant: string): Promise<string[]> {
      const objects = await platform.objectsOf(tenant)
      return namesOf(objects.filter(({ kind }) => kind !== 'Pod'))
    }

    async function removeRules(): Promise<void> {
      const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/tenants.platen.dev'
      const text = JSON.stringify(await platform.de.plane.rest.call('GET', path))
      const body = JSON.parse(text, (key, value) =>
        key === 'x-kubernetes-validations' ? undefined : value,
      )
      await platform.de.plane.rest.call('PUT', path, { body })
    }
  })
})

const WITHOUT_RULES = [
  {
    name: 'prague',
    change: tenantNamed('prague', { country: 'CZ', regionRef: { name: 'one' } }),
    says: /^CountryNotServed cannot place Tenant prague: Region one serves PL, not CZ; name a Region that does in spec.regionRef, or leave it out$/,
  },
  {
    name: 'settled',
    change: tenantNamed('settled', { country: 'AT', regionRef: { name: 'de' } }),
    says: /^CountryChanged cannot move Tenant settled from DE to AT: a tenant's country never changes; set spec.country to DE again$/,
  },
  {
    name: 'settled',
    change: tenantNamed('settled', { regionRef: { name: 'two' } }),
    says: /^RegionChanged cannot move Tenant settled from Region de to two: a tenant's region never changes; set spec.regionRef.name to de again$/,
  },
  {
    name: TOO_LONG,
    change: tenantNamed(TOO_LONG),
    says: /^Invalid cannot accept Tenant n+: .* choose at most 40 lower-case letters, digits and dashes$/,
  },
  {
    name: 'sizeless',
    change: tenantNamed('sizeless', { size: 'custom' }),
    says: /^Invalid cannot size Tenant sizeless: the size custom needs spec.resources$/,
  },
  {
    name: 'small',
    change: tenantNamed('small', { country: 'no' }),
    says: /^Invalid cannot place Tenant small: spec.country is no ISO 3166-1 code; give e.g. DE$/,
  },
]
