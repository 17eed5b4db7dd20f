import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeKubernetes } from '../../test/kubernetes/index.ts'
import { digestOf, digestOwned } from '../cluster/digest.ts'
import { type KubernetesObject, nameOf, refOf } from '../cluster/object.ts'
import { soon, type TestCluster, testCluster } from '../cluster/testing/cluster.ts'
import { tenantNamespace } from '../names.ts'
import { renderFinalBackup, renderTenant } from './index.ts'
import { cases, input, region, tenant } from './input.support.ts'
import type { TenantInput } from './input.ts'

const FOREIGN = ['postgresql.cnpg.io/v1', 'cert-manager.io/v1']

describeKubernetes('what is rendered, on an API server', () => {
  let test: TestCluster
  let foreign: boolean
  const namespaces: string[] = []

  beforeAll(async () => {
    test = await testCluster()
    foreign = await test.access.installReferenceCrds()
  })
  afterAll(async () => {
    for (const name of namespaces)
      await test.access.rest.call('DELETE', `/api/v1/namespaces/${name}`)
    await test.cluster[Symbol.asyncDispose]()
  })

  /** The same for a tenant that nobody else has. */
  function own(base: TenantInput): TenantInput {
    const name = `t-${randomBytes(4).toString('hex')}`
    namespaces.push(tenantNamespace(name))
    return named(base, name)
  }

  function named(base: TenantInput, name: string): TenantInput {
    return { ...base, tenant: { ...base.tenant, metadata: { ...base.tenant.metadata, name } } }
  }

  /** Without kinds that the server does not know, because their CRDs are not on this machine. */
  function known(objects: KubernetesObject[]): KubernetesObject[] {
    return objects.filter(({ apiVersion }) => foreign || !FOREIGN.includes(apiVersion))
  }

  async function applyAll(objects: KubernetesObject[]): Promise<void> {
    for (const object of known(objects)) {
      const stored = await test.cluster.apply(object, soon())
      expect.soft(digestOwned(stored), nameOf(refOf(object))).toBe(digestOf(object))
    }
  }

  it.each(cases)('$name is accepted and stays as it was applied', async ({ input }) => {
    test.warnings.length = 0
    const one = own(input)
    const objects = [...renderTenant(one), ...renderFinalBackup(one)]
    await applyAll(objects)
    for (const object of known(objects)) {
      const stored = await test.cluster.get(refOf(object), soon())
      expect.soft(stored && digestOwned(stored), nameOf(refOf(object))).toBe(digestOf(object))
    }
    // Pod Security warns of workloads whose pods it would refuse.
    expect(test.warnings).toEqual([])
  })

  const kinds = ['statefulset', 'cnpg'] as const
  it.each(kinds)('a tenant of the %s kind can become any other one', async kind => {
    const same = cases.filter(({ input }) => input.region.spec.database.kind === kind)
    const [first, ...others] = same.map(each => each.input)
    if (!first) throw new Error('there is no such case')
    const one = own(first)
    // The operator says how large the volume is: it never shrinks.
    const volumes = ['2Ti']
    for (const next of [first, ...others, first]) {
      await applyAll(renderTenant({ ...named(next, one.tenant.metadata.name), volumes }))
    }
  })

  it('makes pods that quota, limits, accounts and Pod Security let in', async () => {
    const one = own(input({ tenant: tenant({ size: 'large' }), region: region() }))
    await applyAll(renderTenant(one))
    const pods = `/api/v1/namespaces/${tenantNamespace(one.tenant.metadata.name)}/pods`
    const names = async () => {
      const { items } = await test.access.rest.call('GET', pods)
      const names: string[] = items.map(
        (pod: KubernetesObject) => pod.metadata.labels?.['app.kubernetes.io/name'],
      )
      return names.sort()
    }
    await expect
      .poll(names, { timeout: 20_000 })
      .toEqual(['api', 'api', 'api', 'database', 'ingest', 'ingest', 'ingest', 'prepare'])
  })

  it('lets nobody in who is not restricted', async () => {
    const one = own(input())
    await applyAll(renderTenant(one))
    const namespace = tenantNamespace(one.tenant.metadata.name)
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'intruder', namespace },
      spec: { hostNetwork: true, containers: [{ name: 'x', image: 'x' }] },
    }
    await expect(test.cluster.create(pod, soon())).rejects.toThrow('violates PodSecurity')
  })

  /** Its pod ends well, as a kubelet would say. */
  async function succeed(job: KubernetesObject): Promise<void> {
    const pods = `/api/v1/namespaces/${job.metadata.namespace}/pods`
    const ofJob = `${pods}?labelSelector=job-name=${job.metadata.name}`
    const names = async (): Promise<string[]> => {
      const { items } = await test.access.rest.call('GET', ofJob)
      return items.map(({ metadata }: KubernetesObject) => metadata.name)
    }
    await expect.poll(names, { timeout: 20_000 }).toHaveLength(1)
    const [pod] = await names()
    const status = { phase: 'Succeeded' }
    const body = { status }
    await test.access.rest.call('PATCH', `${pods}/${pod}/status`, { patch: 'merge', body })
    const state = async () => JSON.stringify((await test.cluster.get(refOf(job), soon()))?.status)
    await expect.poll(state, { timeout: 20_000 }).toContain('"Complete"')
  }

  it('suspends a prepare that has ended, and wakes it up', async () => {
    const one = own(input())
    await applyAll(renderTenant(one))
    const job = renderTenant(one).find(({ kind }) => kind === 'Job')
    if (!job) throw new Error('nothing prepares')
    await succeed(job)
    for (const suspend of [true, false]) {
      const spec = { ...one.tenant.spec, suspend }
      await applyAll(renderTenant({ ...one, tenant: { ...one.tenant, spec } }))
    }
    const after = await test.cluster.get(refOf(job), soon())
    expect(JSON.stringify(after?.status)).toContain('"Complete"')
  })
})
