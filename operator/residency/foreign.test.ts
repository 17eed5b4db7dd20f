import { beforeAll, expect, it } from 'vitest'
import { describeKubernetes } from '../../test/kubernetes/index.ts'
import { soon, type TestCluster, testCluster } from '../cluster/testing/cluster.ts'
import { LABELS, tenantNamespace } from '../names.ts'
import { claim, home, ingress, object, pod, service } from './admission.support.ts'
import { findForeign, foreignAgainAt } from './foreign.ts'

const MINUTE = 60_000
const at = Date.parse('2026-11-01T10:00:00Z')

it.each([
  { why: 'Nobody looked yet.', seen: undefined, again: 0 },
  {
    why: 'Admission keeps a clean namespace clean.',
    seen: { found: [], at },
    again: at + 60 * MINUTE,
  },
  {
    why: 'What is there keeps the stack closed, and may be gone any time.',
    seen: { found: [{ kind: 'Ingress', name: 'way-in' }], at },
    again: at + MINUTE,
  },
])('looks again in time: $why', ({ seen, again }) => {
  expect(foreignAgainAt(seen)).toBe(again)
})

describeKubernetes('in a namespace of a tenant', () => {
  const tenant = 'foreign-objects'
  const namespace = tenantNamespace(tenant)
  const labelled = { [LABELS.tenant]: tenant }
  const watched = { ...labelled, [LABELS.partOf]: 'platen' }
  let test: TestCluster
  let found: string[]

  beforeAll(async () => {
    test = await testCluster()
    const put = (one: ReturnType<typeof object>, name: string, labels = {}) =>
      test.cluster.create({ ...one, metadata: { name, namespace, labels } }, soon())
    const made = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
    await test.cluster.create(made, soon())
    await test.access.rest.call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, {
      body: object('ServiceAccount', 'own', {}),
    })
    const runs = pod({ affinity: home, serviceAccountName: 'own' })
    await put(runs, 'watched', labelled)
    await put(runs, 'foreign')
    await put(claim({}), 'watched', labelled)
    await put(claim({}), 'foreign')
    await put(service({}), 'inside')
    await put(service({ type: 'NodePort' }), 'foreign', watched)
    await put(ingress, 'foreign', watched)
    const all = await findForeign(test.cluster, tenant, AbortSignal.timeout(20_000))
    found = all.map(({ kind, name }) => `${kind} ${name}`)
    return async () => {
      await test.access.rest.call('DELETE', `/api/v1/namespaces/${namespace}`)
      await test.cluster[Symbol.asyncDispose]()
    }
  })

  it('finds what no watch sees, also what hides behind a label of ours, and nothing else', () => {
    expect(found.sort()).toEqual([
      'Ingress foreign',
      'PersistentVolumeClaim foreign',
      'Pod foreign',
      'Service foreign',
    ])
  })
})
