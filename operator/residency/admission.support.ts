import type { KubernetesObject } from '../cluster/object.ts'
import { LABELS } from '../names.ts'
import { LABEL } from './residency.support.ts'

const API_VERSIONS: Record<string, string> = {
  NetworkPolicy: 'networking.k8s.io/v1',
  Ingress: 'networking.k8s.io/v1',
  Deployment: 'apps/v1',
  DaemonSet: 'apps/v1',
  ReplicaSet: 'apps/v1',
  CronJob: 'batch/v1',
  Job: 'batch/v1',
  VolumeSnapshot: 'snapshot.storage.k8s.io/v1',
  HTTPRoute: 'gateway.networking.k8s.io/v1',
  ReferenceGrant: 'gateway.networking.k8s.io/v1',
}

export function object(kind: string, name: string, content: object): KubernetesObject {
  return { apiVersion: API_VERSIONS[kind] ?? 'v1', kind, metadata: { name }, ...content }
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

const template = {
  metadata: { labels: { app: 'w' } },
  spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'none.invalid/c' }] },
}
const always = { ...template, spec: { ...template.spec, restartPolicy: 'Always' } }
const selector = { matchLabels: { app: 'w' } }
export const deployment = object('Deployment', 'w', { spec: { selector, template: always } })
export const replicaSet = object('ReplicaSet', 'old', {
  spec: { replicas: 0, selector, template: always },
})
export const daemonSet = object('DaemonSet', 'w', { spec: { selector, template: always } })
export const job = object('Job', 'w', { spec: { template } })
export const cronJob = object('CronJob', 'w', {
  spec: { schedule: '0 0 * * *', jobTemplate: { spec: { template } } },
})
export const ingress = object('Ingress', 'i', {
  spec: { defaultBackend: { service: { name: 'api', port: { number: 443 } } } },
})
/** Of kinds that only some clusters serve: a definition with nothing in it stands for the real one. */
export const snapshot = object('VolumeSnapshot', 's', { spec: {} })
export const route = object('HTTPRoute', 'r', { spec: {} })
export const grant = object('ReferenceGrant', 'g', { spec: {} })

export function definitionOf({ apiVersion, kind }: KubernetesObject): KubernetesObject {
  const [group = '', version = ''] = apiVersion.split('/')
  const plural = `${kind.toLowerCase()}s`
  const schema = {
    openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      // Asked of everybody who defines something in a group of Kubernetes' own.
      annotations: { 'api-approved.kubernetes.io': 'unapproved, for a test' },
    },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  }
}
