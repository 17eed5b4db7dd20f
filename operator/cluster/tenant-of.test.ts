import { expect, it } from 'vitest'
import { LABELS } from '../names.ts'
import type { KubernetesObject } from './object.ts'
import { observe } from './project.ts'
import { tenantOf } from './tenant-of.ts'

function tenant(apiVersion: string, kind: string, namespace?: string, label?: string) {
  const labels = label === undefined ? {} : { [LABELS.tenant]: label }
  const metadata = { name: 'a', uid: 'a', resourceVersion: '1', labels, namespace }
  return tenantOf(observe({ apiVersion, kind, metadata } as KubernetesObject))
}

it.each([
  { why: 'in its namespace', got: tenant('v1', 'Pod', 'tenant-acme', 'acme'), want: 'acme' },
  { why: 'without a namespace', got: tenant('v1', 'Namespace', undefined, 'acme'), want: 'acme' },
  { why: 'labelled by somebody elsewhere', got: tenant('v1', 'Pod', 'default', 'acme') },
  { why: "in another tenant's", got: tenant('v1', 'Pod', 'tenant-other', 'acme') },
  { why: 'without a label', got: tenant('v1', 'Pod', 'tenant-acme') },
  {
    why: 'a policy, whatever its label is',
    got: tenant('networking.k8s.io/v1', 'NetworkPolicy', 'tenant-acme', 'other'),
    want: 'acme',
  },
])('whose an object is: $why', ({ got, want }) => {
  expect(got).toBe(want)
})
