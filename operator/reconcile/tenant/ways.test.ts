import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeKubernetes } from '../../../test/kubernetes/index.ts'
import { FIELD_MANAGER } from '../../cluster/cluster.ts'
import { LABELS, MANAGED_BY } from '../../names.ts'
import type { Operator } from '../../operator.ts'
import {
  eventually,
  regionObject,
  type Stage,
  setStage,
  tenantObject,
} from '../../testing/stage.ts'

const LONG = 120_000
const namespace = 'tenant-acme'

/** It lets everything out. */
function wayOut(name: string, metadata: object = {}) {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, ...metadata },
    spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] },
  }
}

/** With the operator's own rights, for which no rule at the door holds. */
describeKubernetes("a network policy that is applied under the operator's name", () => {
  let stage: Stage
  let operator: Operator
  beforeAll(async () => {
    stage = await setStage('ways')
    operator = await stage.start()
    await stage.apply(regionObject(), tenantObject('acme'))
    await residency(/^True/)
    await eventually(() => stage.condition('tenant', 'acme', 'Ready'), isTrue)
  }, LONG)
  afterAll(async () => {
    await operator?.[Symbol.asyncDispose]()
    await stage?.[Symbol.asyncDispose]()
  })

  const isTrue = (condition: string) => condition.startsWith('True')
  const residency = (wanted: RegExp) =>
    eventually(
      () => stage.condition('tenant', 'acme', 'ResidencyVerified'),
      seen => wanted.test(seen),
    )
  const policy = (name: string) => stage.get('networkpolicy', name, namespace)
  const remove = (which: string) => stage.plane.kubectl(['delete', which, '-n', namespace])

  async function applyAsOperator(object: object): Promise<void> {
    const manager = ['--server-side', '--force-conflicts', `--field-manager=${FIELD_MANAGER}`]
    await stage.plane.kubectl(['apply', ...manager, '-f', '-'], { input: [object as never] })
  }

  it(
    'closes the stack while it has a name that the operator does not render',
    async () => {
      await applyAsOperator(wayOut('way-out'))
      await residency(/^False Violated .*network policy way-out is not as the operator made it/)
      await remove('networkpolicy/way-out')
      await residency(/^True/)
    },
    LONG,
  )

  it(
    'is repaired under a name that the operator renders',
    async () => {
      const before = (await policy('dns'))?.spec
      await applyAsOperator(wayOut('dns'))
      expect((await eventually(() => policy('dns'), isAsBefore))?.spec).toEqual(before)
      function isAsBefore(seen: { spec?: object } | undefined): boolean {
        return JSON.stringify(seen?.spec) === JSON.stringify(before)
      }
    },
    LONG,
  )

  it(
    'is deleted when it is labelled as managed, as one of an earlier version is; until it is gone it closes the stack',
    async () => {
      const labels = { [LABELS.managedBy]: MANAGED_BY }
      const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'no', namespace } }
      // All that comes after `residency` fails from now on, `prune` included.
      await stage.apply({ ...quota, spec: { hard: { 'count/secrets': '0' } } })
      await eventually(() => stage.get('resourcequota', 'no', namespace), hasCounted)
      await remove('secret/component')
      const failed = (seen: string) => seen.startsWith('False ReconcileFailed')
      await eventually(() => stage.condition('tenant', 'acme', 'Ready'), failed)

      await applyAsOperator(wayOut('former', { labels }))
      await eventually(
        () => policy('former'),
        seen => seen === undefined,
      )
      expect(await stage.condition('tenant', 'acme', 'ResidencyVerified')).toMatch(/^True/)

      await applyAsOperator(wayOut('held', { labels, finalizers: ['example.com/held'] }))
      await residency(/^False Violated .*network policy held is not as the operator made it/)
      const patch = '{"metadata":{"finalizers":null}}'
      await stage.plane.kubectl(
        ['patch', 'networkpolicy/held', '-n', namespace].concat('--type=merge', '-p', patch),
      )
      await residency(/^True/)
    },
    LONG,
  )
})

function hasCounted(quota: { status?: { hard?: object } } | undefined): boolean {
  return quota?.status?.hard !== undefined
}
