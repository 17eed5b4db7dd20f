import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeHelm, describeKubernetes, simulateWorkloads } from '../kubernetes/index.ts'
import {
  conditionIn,
  LONG,
  namesOf,
  type Platform,
  regionNamed,
  startPlatform,
  tenantNamed,
  within,
} from './support/index.ts'

const ISSUER = { name: 'letsencrypt', kind: 'ClusterIssuer' }

describeHelm('a cluster in which operators are installed after Platen', () => {
  describeKubernetes('CloudNativePG and cert-manager', () => {
    let platform: Platform
    beforeAll(async () => {
      platform = await startPlatform({ name: 'kinds' })
      await platform.startOperator()
      await platform.apply(
        regionNamed('plain'),
        regionNamed('cnpg', { countries: ['FR'], database: { kind: 'cnpg' } }),
        regionNamed('issuer', { countries: ['IT'], certificates: { issuerRef: ISSUER } }),
        tenantNamed('acme'),
        tenantNamed('lumiere', { country: 'FR' }),
        tenantNamed('milano', { country: 'IT' }),
      )
    }, LONG)
    afterAll(() => platform?.[Symbol.asyncDispose]())

    it.each([
      {
        tenant: 'lumiere',
        type: 'DatabaseReady',
        says: 'cannot make Cluster tenant-lumiere/database: the cluster does not know the kind; install the CloudNativePG operator in it',
        others: ['CertificatesReady'],
      },
      {
        tenant: 'milano',
        type: 'CertificatesReady',
        says: 'cannot make Certificate tenant-milano/tls: the cluster does not know the kind; install cert-manager in it',
        others: ['DatabaseReady', 'Prepared'],
      },
    ])(
      'says what to install where $tenant needs it, and makes all that can be made',
      async ({ tenant, type, says, others }) => {
        await platform.untilCondition(tenant, type, 'False', new RegExp(`^KindMissing ${says}$`))
        for (const other of others) await platform.untilCondition(tenant, other, 'True')
        const seen = await platform.see(`tenant/${tenant}`)
        expect(conditionIn(seen, 'Ready')).toBe(`False NotReady ${type}: ${says}`)
        expect(namesOf(await platform.objectsOf(tenant))).toContain('NetworkPolicy default-deny')
      },
      LONG,
    )

    it(
      'goes on with everybody else, and writes nothing while it waits',
      async () => {
        await platform.untilReady('acme')
        await platform.patch('tenant/acme', { size: 'medium' })
        await platform.untilReady('acme')
        await platform.untilQuiet()
        const before = (await platform.auditedWrites()).length
        await platform.touch('tenant/lumiere', 'tenant/milano')
        await platform.untilQuiet(3_000)
        expect((await platform.auditedWrites()).slice(before)).toEqual([])
        const failures = platform.operator().log.filter(({ level }) => level === 'error')
        expect(failures).toEqual([])
      },
      LONG,
    )

    it(
      'makes the rest once they are there, without being started anew',
      async context => {
        const { plane } = platform.de
        if (!(await plane.installReferenceCrds())) context.skip('their definitions are not here')
        // Not before, for the API server makes the storage of a new kind anew at first: it answers 429, and a watch that
        // was opened until then may hear nothing for a minute or two.
        await within(async () => {
          expect(namesOf(await platform.objectsOf('lumiere'))).toContain('Cluster database')
          expect(namesOf(await platform.objectsOf('milano'))).toContain('Certificate tls')
        })
        await using _controllers = simulateWorkloads(plane, {
          kinds: ['Cluster', 'Certificate'],
          namespaces: /^tenant-/,
        })
        await platform.untilReady('lumiere', 'milano')
      },
      LONG,
    )
  })
})
