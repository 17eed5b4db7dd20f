import type { NodeTerm, Observed } from '../cluster/observed.ts'
import { LABELS } from '../names.ts'
import type { Region } from '../resources/region.ts'
import type { Tenant } from '../resources/tenant.ts'
import { Places } from './places.ts'
import type { Sighting } from './sighting.ts'

export const LABEL = 'topology.kubernetes.io/region'
export const HOST = 'kubernetes.io/hostname'

export const region = {
  apiVersion: 'platen.dev/v1alpha1',
  kind: 'Region',
  metadata: { name: 'de' },
  spec: {
    countries: ['DE', 'AT'],
    domain: 'de.platen.example',
    database: {
      kind: 'cnpg',
      version: '18',
      operatorNamespace: 'cnpg-system',
      storage: { size: '20Gi' },
    },
    placement: { regionLabel: LABEL, regionValue: 'eu-de', storageClassName: 'local' },
    images: { registry: 'registry.example/platen', version: '1.0.0' },
  },
} as Region

export const tenant = {
  apiVersion: 'platen.dev/v1alpha1',
  kind: 'Tenant',
  metadata: { name: 'acme', uid: '6f1c1c1e-0000-4000-8000-000000000001' },
  spec: { displayName: 'Acme', country: 'DE', sites: [{ name: 'berlin', displayName: 'Berlin' }] },
} as Tenant

export function observed(kind: string, name: string, facts: Observed['facts']): Observed {
  return {
    ref: { apiVersion: 'v1', kind, name, namespace: 'tenant-acme' },
    uid: name,
    resourceVersion: '1',
    digest: '',
    labels: { [LABELS.tenant]: 'acme', [LABELS.name]: name },
    annotations: {},
    deleting: false,
    facts,
  }
}

export function term(key: string, ...values: string[]): NodeTerm {
  return { requirements: [{ key, operator: 'In', values }] }
}

export function node(name: string, labels: Record<string, string>, created = 0): Observed {
  return observed('Node', name, { kind: 'node', labels: { [HOST]: name, ...labels }, created })
}

/** What makes the pods of a part, and what runs in them. */
const RUNS: Record<string, { owner: string; containers: string }> = {
  ingest: { owner: 'ReplicaSet/ingest-6f7d9', containers: 'xmpp,ingest' },
  api: { owner: 'ReplicaSet/api-6f7d9', containers: 'api' },
  prepare: { owner: 'Job/prepare-6f7d9', containers: 'prepare' },
  backup: { owner: 'Job/backup-29391', containers: 'backup' },
}

export function pod(name: string, on?: string, facts: object = {}): Observed {
  return observed('Pod', name, {
    kind: 'pod',
    phase: 'Running',
    ready: true,
    affinity: [term(LABEL, 'eu-de')],
    containers: '',
    ...RUNS[name],
    ...(on !== undefined && { node: on }),
    ...facts,
  })
}

export function claim(name: string, facts: object = {}): Observed {
  return observed('PersistentVolumeClaim', name, {
    kind: 'claim',
    phase: 'Bound',
    volume: `pv-${name}`,
    storageClass: 'local',
    dataSource: false,
    preset: false,
    ...facts,
  })
}

export function volume(name: string, affinity: NodeTerm[], provisioned = true): Observed {
  return observed('PersistentVolume', name, { kind: 'volume', affinity, provisioned })
}

export function policy(name: string, ours: boolean): Observed {
  return observed('NetworkPolicy', name, { kind: 'policy', ours })
}

export const defaultDeny = policy('default-deny', true)

/** Unix time in milliseconds. */
export const NOW = Date.parse('2026-11-23T04:00:00Z')

export function placesOf(...nodes: Observed[]): Places {
  const places = new Places(() => NOW)
  places.update(nodes)
  return places
}

export const home = node('n1', { [LABEL]: 'eu-de' })
export const abroad = node('n9', { [LABEL]: 'us-east' })

/** A tenant that lies where it must, with these changes. */
export function sighting({
  volumes,
  ...changes
}: Partial<Sighting> & { volumes?: Observed[] }): Sighting {
  const all = volumes ?? [volume('pv-data', [term(HOST, 'n1')])]
  return {
    region,
    tenant,
    annotations: {},
    objects: [defaultDeny, pod('ingest', 'n1'), pod('api', 'n1'), claim('data')],
    volume: name => all.find(({ ref }) => ref.name === name),
    places: placesOf(home, abroad),
    policies: new Set(['default-deny', 'dns']),
    foreign: [],
    ...changes,
  }
}
