import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { objectsOn, REGION, TENANT } from '../crds/objects.ts'
import {
  type ClusterAccess,
  describeHelm,
  describeKubernetes,
  type KubeObject,
  sharedControlPlane,
} from '../kubernetes/index.ts'
import { renderChart } from './chart.ts'

const OWN = 'charts-admission'
const SERVES = 'charts-admission-de'
const ELSEWHERE = 'charts-admission-fr'

const inRegion = (name: string) => ({ ...TENANT, regionRef: { name } })

describeHelm('admission of Tenants', () => {
  describeKubernetes('with the rules of charts/platen-operator', () => {
    let cluster: ClusterAccess
    let objects: ReturnType<typeof objectsOn>
    let rules: KubeObject[]

    beforeAll(async () => {
      cluster = await sharedControlPlane()
      await cluster.installCrds('crds')
      objects = objectsOn(cluster)
      await objects.store('Region', REGION, SERVES)
      // There before the rules, and before its Region.
      await objects.store('Tenant', inRegion(ELSEWHERE), OWN)
      await objects.store('Region', { ...REGION, countries: ['FR', 'BE'] }, ELSEWHERE)
      const rendered = await renderChart({ name: OWN })
      rules = rendered.filter(({ kind }) => kind.startsWith('ValidatingAdmission'))
      await cluster.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], {
        input: rules,
      })
      // The API server takes a moment to learn its rules.
      await vi.waitFor(
        () => expect(objects.create('Tenant', inRegion(ELSEWHERE))).rejects.toThrow('cannot place'),
        { timeout: 20_000 },
      )
    }, 60_000)
    afterAll(async () => {
      await cluster?.kubectl(['delete', '--ignore-not-found', '-f', '-'], { input: rules })
      await objects?.remove('Tenant', OWN)
      for (const name of [SERVES, ELSEWHERE]) await objects?.remove('Region', name)
    })

    it('refuses a Tenant that names a Region which does not serve its country', async () => {
      await expect(objects.create('Tenant', inRegion(ELSEWHERE))).rejects.toThrow(
        `cannot place this Tenant: Region ${ELSEWHERE} serves FR, BE, not DE; name a Region that does in spec.regionRef, or leave it out`,
      )
    })

    it.each([
      { why: 'The Region serves its country.', spec: inRegion(SERVES) },
      { why: 'The operator finds the Region.', spec: TENANT },
      { why: 'The Region may come later.', spec: inRegion('charts-admission-later') },
    ])('lets a Tenant through: $why', async ({ spec }) => {
      await expect(objects.create('Tenant', spec)).resolves.toBeDefined()
    })

    it('minds a Tenant from before the rules only when its spec changes', async () => {
      const path = `/apis/platen.dev/v1alpha1/tenants/${OWN}?dryRun=All`
      const label = { metadata: { labels: { team: 'a' } } }
      await cluster.rest.call('PATCH', path, { body: label, patch: 'merge' })
      await expect(objects.change('Tenant', { suspend: true }, OWN)).rejects.toThrow('cannot place')
    })

    it('has no mistake in the types of its expressions', async () => {
      const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${OWN}-tenants`
      const status = await vi.waitFor(
        async () => {
          const policy = await cluster.rest.call('GET', path)
          expect(policy.status?.observedGeneration).toBe(policy.metadata.generation)
          return policy.status
        },
        { timeout: 20_000 },
      )
      expect(status.typeChecking?.expressionWarnings ?? []).toEqual([])
    })
  })
})
