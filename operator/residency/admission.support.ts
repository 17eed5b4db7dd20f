import type { KubernetesObject } from '../cluster/object.ts'
import { LABELS } from '../names.ts'
import { LABEL } from './residency.support.ts'

export function object(kind: string, name: string, content: object): KubernetesObject {
  const apiVersion = kind === 'NetworkPolicy' ? 'networking.k8s.io/v1' : 'v1'
  return { apiVersion, kind, metadata: { name }, ...content }
}

export const required = (...nodeSelectorTerms: object[]) => ({
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
})
export const inPlace = (...values: string[]) => ({
  matchExpressions: [{ key: LABEL, operator: 'In', values }],
})
export const home = required(inPlace('eu-de'))

export function pod(spec: object, tenant = 'admission') {
  const made = object('Pod', 'p', {
    spec: { containers: [{ name: 'c', image: 'none.invalid/c' }], ...spec },
  })
  return { ...made, metadata: { name: 'p', labels: { [LABELS.tenant]: tenant } } }
}

export function claim(spec: object) {
  return object('PersistentVolumeClaim', 'c', {
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: 'local',
      ...spec,
    },
  })
}

export const service = (spec: object) =>
  object('Service', 's', { spec: { ports: [{ port: 80 }], ...spec } })
export const open = object('NetworkPolicy', 'open', {
  spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] },
})
export const binding = object('Binding', 'bound', {
  target: { apiVersion: 'v1', kind: 'Node', name: 'anywhere' },
})
