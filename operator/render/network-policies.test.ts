import { expect, it } from 'vitest'
import { backup, cnpg, input, region } from './input.support.ts'
import type { TenantInput } from './input.ts'
import { PARTS, type Part, selectorOf } from './labels.ts'
import { networkPolicies } from './network-policies.ts'

interface Peer {
  ipBlock?: { cidr: string }
  namespaceSelector?: Selector
  podSelector?: Selector
}
interface Selector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}
interface Rule {
  from?: Peer[]
  to?: Peer[]
  ports?: { port: number; protocol: string }[]
}
interface Spec {
  podSelector: Selector
  policyTypes: string[]
  ingress?: Rule[]
  egress?: Rule[]
}

/** A pod with its labels, or an address outside of the cluster. */
interface End {
  name: string
  namespace: string
  labels: Record<string, string>
  ip?: string
}

const NAMESPACE = 'tenant-acme'
const own = { namespace: NAMESPACE }

function pod(part: Part, one: TenantInput): End {
  const labels = { ...selectorOf(one, part), 'app.kubernetes.io/component': part.component }
  return { name: part.name, ...own, labels }
}

function matches(selector: Selector, labels: Record<string, string>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, values }) =>
      values ? values.includes(labels[key] ?? '') : key in labels,
    )
  )
}

/** As https://kubernetes.io/docs/concepts/services-networking/network-policies/ describes it. */
function isPeer({ ipBlock, namespaceSelector, podSelector }: Peer, end: End): boolean {
  if (ipBlock) return end.ip !== undefined && ipBlock.cidr.split('/')[0] === end.ip
  if (end.ip !== undefined) return false
  const isNamespace = namespaceSelector
    ? matches(namespaceSelector, { 'kubernetes.io/metadata.name': end.namespace })
    : end.namespace === NAMESPACE
  return isNamespace && (podSelector === undefined || matches(podSelector, end.labels))
}

function allows(rules: Rule[], end: End, port: number): boolean {
  return rules.some(
    ({ from, to, ports }) =>
      (from ?? to ?? []).some(peer => isPeer(peer, end)) &&
      (ports === undefined || ports.some(each => each.port === port)),
  )
}

/** Whether one side of the flow lets it pass; only this tenant's pods have policies. */
function passes(specs: Spec[], side: 'ingress' | 'egress', at: End, flow: [End, number]): boolean {
  if (at.namespace !== NAMESPACE) return true
  const type = side === 'ingress' ? 'Ingress' : 'Egress'
  const bound = specs.filter(
    ({ podSelector, policyTypes }) => policyTypes.includes(type) && matches(podSelector, at.labels),
  )
  return bound.length === 0 || bound.some(spec => allows(spec[side] ?? [], ...flow))
}

const PORTS = [53, 80, 443, 4318, 5222, 5432, 6443, 8000, 8080, 8443]

/** Every way that is open between different ends, as `from -> to:port`. */
function openWays(one: TenantInput, ends: End[]): string[] {
  const specs = networkPolicies(one).map(({ spec }) => spec as Spec)
  return ends.flatMap(from =>
    ends.flatMap(to =>
      PORTS.filter(
        port =>
          (from.namespace === NAMESPACE || to.namespace === NAMESPACE) &&
          passes(specs, 'egress', from, [to, port]) &&
          passes(specs, 'ingress', to, [from, port]),
      ).map(port => `${from.name} -> ${to.name}:${port}`),
    ),
  )
}

const cloudNativePg = { 'app.kubernetes.io/name': 'cloudnative-pg' }

function endsOf(one: TenantInput): End[] {
  const { ingest, api, database, prepare, expire, backup } = PARTS
  const elsewhere = (name: string, namespace: string, labels = {}) => ({ name, namespace, labels })
  return [
    ...[ingest, api, database, prepare, expire, backup].map(part => pod(part, one)),
    elsewhere('edge', 'platen-region-eu-central', { 'app.kubernetes.io/component': 'edge' }),
    elsewhere('other in the edge namespace', 'platen-region-eu-central'),
    elsewhere('edge of another region', 'platen-region-us', {
      'app.kubernetes.io/component': 'edge',
    }),
    elsewhere('dns', 'kube-system', { 'k8s-app': 'kube-dns' }),
    elsewhere('collector', 'telemetry'),
    elsewhere('other tenant', 'tenant-beta', selectorOf(one, ingest)),
    elsewhere('cnpg operator', 'cnpg-system', cloudNativePg),
    elsewhere('cnpg operator of somebody else', 'default', cloudNativePg),
    { ...elsewhere('store', ''), ip: '192.0.2.10' },
    { ...elsewhere('API server', ''), ip: '10.0.0.1' },
    { ...elsewhere('internet', ''), ip: '203.0.113.1' },
  ]
}

const parts = ['ingest', 'api', 'database', 'prepare', 'expire', 'backup']
const toDns = parts.map(name => `${name} -> dns:53`)
const drawn = [
  ...toDns,
  'edge -> ingest:5222',
  'edge -> api:8443',
  ...['ingest', 'api', 'prepare', 'expire', 'backup'].map(name => `${name} -> database:5432`),
]
const addresses = {
  hosts: {
    's3.eu-central.example.com': ['192.0.2.10'],
    'otlp.eu-central.platen.example': ['192.0.2.10'],
  },
  apiServer: [{ ip: '10.0.0.1', port: 6443 }],
}

const cases: { name: string; why: string; one: TenantInput; more: string[] }[] = [
  {
    name: 'a plain region',
    why: 'only the flows of docs/operator.md are open',
    one: input({ addresses }),
    more: [],
  },
  {
    name: 'a backup',
    why: 'the database and the job that backs it up reach the object store, at its port only',
    one: input({ region: region({ backup }), addresses }),
    more: ['database -> store:443'],
  },
  {
    name: 'a backup whose host nobody could look up',
    why: 'an unknown address is closed rather than every address open',
    one: input({ region: region({ backup }) }),
    more: [],
  },
  {
    name: 'a backup whose bucket is not known to be where the Region says',
    why: 'no way leads to it',
    one: input({ region: region({ backup }), addresses, mayBackUp: false }),
    more: [],
  },
  {
    name: 'a collector in the cluster',
    why: 'what exports telemetry reaches the namespace of the Service that is named',
    one: input({
      region: region({ telemetry: { otlpEndpoint: 'http://otlp.telemetry.svc:4318' } }),
    }),
    more: PORTS.flatMap(port => ['ingest', 'api'].map(name => `${name} -> collector:${port}`)),
  },
  {
    name: 'a collector outside of the cluster',
    why: 'it is reached at its addresses and its port',
    one: input({
      region: region({ telemetry: { otlpEndpoint: 'https://otlp.eu-central.platen.example' } }),
      addresses,
    }),
    more: ['ingest -> store:443', 'api -> store:443'],
  },
]

it.each(cases)('$name: $why', ({ one, more }) => {
  expect(openWays(one, endsOf(one)).sort()).toEqual([...drawn, ...more].sort())
})

it('CloudNativePG: its pods reach each other and the API server, its operator reaches them, also while they are made', () => {
  const one = input({ region: region({ database: cnpg }), addresses })
  const instance = { ...own, labels: { 'cnpg.io/cluster': 'database' } }
  const others = endsOf(one).filter(({ name }) => name !== 'database')
  const ways = openWays(one, [...others, { name: 'database', ...instance }])
  const more = [
    'database -> database:5432',
    'database -> database:8000',
    'cnpg operator -> database:5432',
    'cnpg operator -> database:8000',
    'database -> API server:6443',
  ]
  expect(ways.sort()).toEqual([...drawn, ...more].sort())
})
