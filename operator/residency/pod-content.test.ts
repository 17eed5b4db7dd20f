import { expect, it } from 'vitest'
import { contentOf, type Pod } from '../cluster/facts-of-pods.ts'
import type { Observed } from '../cluster/observed.ts'
import { LABELS } from '../names.ts'
import { renderFinalBackup, renderTenant } from '../render/index.ts'
import { backup, input, region as regionOf } from '../render/input.support.ts'
import { claim, defaultDeny, pod, sighting } from './residency.support.ts'
import { verifyResidency } from './verify.ts'

function verify(one: Observed) {
  return verifyResidency(sighting({ objects: [defaultDeny, claim('data'), one] }))
}

function instance(facts: object): Observed {
  const containers = 'bootstrap-controller,postgres'
  const one = pod('postgresql', 'n1', { containers, ...facts })
  return { ...one, labels: { ...one.labels, 'cnpg.io/cluster': 'database' } }
}

/** Pods as the controllers make them of all that is rendered. */
function rendered(): Observed[] {
  const one = input({ region: regionOf({ backup }) })
  const objects = [...renderTenant(one), ...renderFinalBackup(one)]
  return objects.flatMap(({ kind, metadata, ...rest }) => {
    const spec = rest.spec as Spec | undefined
    const template = spec?.template ?? spec?.jobTemplate?.spec.template
    const owner = OWNERS[kind]?.(metadata.name)
    if (!template || owner === undefined) return []
    const ownerReferences = [{ ...owner, controller: true }]
    const facts = contentOf({ metadata: { ownerReferences }, spec: template.spec })
    return [pod(template.metadata.labels[LABELS.name] ?? '', 'n1', facts)]
  })
}

interface Template {
  metadata: { labels: Record<string, string> }
  spec: NonNullable<Pod['spec']>
}

interface Spec {
  template?: Template
  jobTemplate?: { spec: { template: Template } }
}

const OWNERS: Record<string, (name: string) => { kind: string; name: string }> = {
  Deployment: name => ({ kind: 'ReplicaSet', name: `${name}-6f7d9` }),
  StatefulSet: name => ({ kind: 'StatefulSet', name }),
  Job: name => ({ kind: 'Job', name }),
  CronJob: name => ({ kind: 'Job', name: `${name}-29391` }),
}

it('All that is rendered is known.', () => {
  const all = rendered()
  const parts = new Set(all.map(({ labels }) => labels[LABELS.name]))
  expect([...parts].sort()).toEqual(['api', 'backup', 'database', 'expire', 'ingest', 'prepare'])
  for (const one of all) expect(verify(one)).toMatchObject({ verdict: 'verified', reasons: [] })
})

it.each([
  { why: 'A Deployment makes pods by a ReplicaSet.', one: pod('ingest', 'n1') },
  { why: 'A Job makes them itself.', one: pod('backup', 'n1') },
  {
    why: 'So does the last one, before the data goes.',
    one: pod('backup', 'n1', { owner: 'Job/final-database-6f7d9' }),
  },
  { why: 'CloudNativePG makes pods.', one: instance({ owner: 'Cluster/database' }) },
  { why: 'It also runs jobs.', one: instance({ owner: 'Job/database-1-initdb' }) },
])("the stack's own: $why", ({ one }) => {
  expect(verify(one)).toMatchObject({ verdict: 'verified', reasons: [] })
})

it.each<{ why: string; one: Observed; reason: RegExp }>([
  {
    why: 'A pod that nobody controls was made by hand.',
    one: pod('api', 'n1', { owner: undefined }),
    reason: /pod of api was not made by what the operator made/,
  },
  {
    why: 'A DaemonSet is nothing of ours, whatever its pods are called.',
    one: pod('api', 'n1', { owner: 'DaemonSet/api' }),
    reason: /pod of api was not made by/,
  },
  {
    why: 'A pod of no part that we know is nothing of ours.',
    one: pod('helper', 'n1', { owner: 'ReplicaSet/helper-6f7d9' }),
    reason: /pod of helper was not made by/,
  },
  {
    why: "CloudNativePG's label does not make it CloudNativePG's.",
    one: instance({ owner: 'ReplicaSet/api-6f7d9' }),
    reason: /was not made by/,
  },
  {
    why: 'A container beside ours reads what ours reads.',
    one: pod('api', 'n1', { containers: 'api,sidecar' }),
    reason: /pod of api runs other containers/,
  },
  {
    why: 'Whoever is in a pod reads what is in it.',
    one: instance({ owner: 'Cluster/database', entered: true }),
    reason: /was given an ephemeral container/,
  },
  {
    why: 'A volume of a driver is kept wherever the driver keeps it.',
    one: pod('api', 'n1', { volume: 'csi' }),
    reason: /pod of api has a volume of the kind csi/,
  },
])('violated: $why', ({ one, reason }) => {
  const { verdict, reasons } = verify(one)
  expect(verdict).toBe('violated')
  expect(reasons.join()).toMatch(reason)
})
