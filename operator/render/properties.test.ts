import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type KubernetesObject, nameOf, refOf } from '../cluster/object.ts'
import { LABELS } from '../names.ts'
import { inputs, PERSONAL } from './arbitrary.support.ts'
import { isForBackups } from './backup-folder.ts'
import { renderFinalBackup, renderTenant } from './index.ts'
import { backup } from './input.support.ts'
import type { TenantInput } from './input.ts'

type Tree = Record<string, unknown>

function all(input: TenantInput): KubernetesObject[] {
  return [...renderTenant(input), ...renderFinalBackup(input)]
}

/** Every map in it, the outermost first. */
function* mapsIn(value: unknown): Generator<Tree> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield value as Tree
  for (const part of Object.values(value)) yield* mapsIn(part)
}

/** Pod specs, wherever they are: of Deployments, Jobs, CronJobs, StatefulSets. */
function podsIn(objects: KubernetesObject[]): Tree[] {
  return [...mapsIn(objects)].filter(part => 'containers' in part)
}

const always = (check: (input: TenantInput) => void) => () =>
  fc.assert(fc.property(inputs, check), { numRuns: 100 })

it(
  'the same input renders the same bytes',
  always(input => {
    expect(JSON.stringify(all(structuredClone(input)))).toBe(JSON.stringify(all(input)))
  }),
)

it(
  'every pod requires a node of the region, CloudNativePG included',
  always(input => {
    const { regionLabel, regionValue } = input.region.spec.placement
    const required = [
      { matchExpressions: [{ key: regionLabel, operator: 'In', values: [regionValue] }] },
    ]
    const objects = all(input)
    const clusters = objects
      .filter(({ kind }) => kind === 'Cluster')
      .map(({ spec }) => spec as Tree)
    const placed = [...podsIn(objects), ...clusters]
    expect(placed.length).toBeGreaterThanOrEqual(5)
    for (const each of placed) {
      expect(each).toMatchObject({
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: required },
          },
        },
      })
    }
  }),
)

it(
  "volumes are of the region's storage class",
  always(input => {
    const { storageClassName } = input.region.spec.placement
    const classes = [...mapsIn(all(input))].flatMap(part => [
      ...('storageClassName' in part ? [part.storageClassName] : []),
      ...('storageClass' in part ? [part.storageClass] : []),
    ])
    expect(classes).toEqual([storageClassName])
  }),
)

it(
  "no pod has a token, anything of its host's, or more rights than it needs",
  always(input => {
    for (const pod of podsIn(all(input))) {
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      })
      expect(Object.keys(pod).filter(key => /^host/.test(key))).toEqual([])
      expect(JSON.stringify(pod)).not.toContain('hostPath')
      for (const container of pod.containers as Tree[]) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
        })
        expect(container.resources).toMatchObject({ requests: { cpu: expect.any(String) } })
      }
    }
  }),
)

it(
  'display names stand in the ConfigMap of the sites and nowhere else',
  always(input => {
    const elsewhere = all(input).filter(
      ({ kind, metadata }) => kind !== 'ConfigMap' || metadata.name !== 'tenant',
    )
    expect(JSON.stringify(elsewhere)).not.toContain(PERSONAL)
    for (const part of mapsIn(all(input))) {
      const marks = JSON.stringify([part.labels, part.annotations])
      expect(marks).not.toContain(PERSONAL)
    }
  }),
)

it(
  'names and label values end at 63 characters',
  always(input => {
    for (const { metadata } of all(input)) expect(metadata.name).toMatch(/^[a-z0-9-]{1,63}$/)
    for (const { labels = {} } of mapsIn(all(input))) {
      for (const text of Object.values(labels as Tree)) expect(text).toMatch(/^[\w.-]{1,63}$/)
    }
  }),
)

it(
  'objects are told apart by kind and name, and carry whose they are',
  always(input => {
    const objects = all(input)
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
    expect(new Set(names).size).toBe(names.length)
    for (const { kind, metadata } of objects) {
      expect(metadata.labels).toMatchObject({
        [LABELS.managedBy]: 'platen-operator',
        [LABELS.tenant]: input.tenant.metadata.name,
        [LABELS.region]: input.region.metadata.name,
      })
      const namespace = kind === 'Namespace' ? undefined : `tenant-${input.tenant.metadata.name}`
      expect(metadata.namespace).toBe(namespace)
    }
  }),
)

it(
  'a closed or suspended stack runs no ingest',
  always(input => {
    const ingest = all(input).find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'ingest',
    )
    const { replicas } = (ingest?.spec ?? {}) as { replicas?: number }
    const runs = input.accepting && !input.tenant.spec.suspend
    expect(replicas).toEqual(runs ? expect.toSatisfy(count => count > 0) : 0)
  }),
)

it(
  'nothing names the object store while it must not be used',
  always(input => {
    const named = JSON.stringify(all(input)).includes(new URL(backup.endpoint).hostname)
    expect(named).toBe(input.mayBackUp && input.region.spec.backup !== undefined)
  }),
)

it(
  'what goes when backups have to end is all that is there for them only',
  always(input => {
    const refsOf = (mayBackUp: boolean) => renderTenant({ ...input, mayBackUp }).map(refOf)
    const without = new Set(refsOf(false).map(nameOf))
    for (const ref of refsOf(true))
      expect(isForBackups(ref), nameOf(ref)).toBe(!without.has(nameOf(ref)))
  }),
)

it(
  'pods are made anew for the Secrets that they use, and for no others',
  always(input => {
    const templates = [...mapsIn(all(input))].filter(
      part => 'containers' in ((part.spec ?? {}) as Tree),
    )
    for (const { metadata, spec } of templates) {
      const text = JSON.stringify(spec)
      const { annotations } = metadata as { annotations: Record<string, string> }
      const carried = (annotations['platen.dev/revision'] ?? '').split(' ')
      for (const [name, revision] of Object.entries(input.secrets)) {
        const isUsed =
          text.includes(`"secretName":"${name}"`) ||
          text.includes(`"secretKeyRef":{"name":"${name}"`)
        expect(carried.includes(`${name}=${revision}`)).toBe(isUsed)
      }
    }
  }),
)

it(
  'no release stands in a label, and only images change with it',
  always(input => {
    const next = all({ ...input, version: '9.9.9' })
    const text = (objects: KubernetesObject[], version: string) =>
      JSON.stringify(objects.filter(({ kind }) => kind !== 'Job')).replaceAll(`:${version}"`, ':X"')
    expect(text(next, '9.9.9')).toBe(text(all(input), input.version))
  }),
)
