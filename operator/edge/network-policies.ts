import type { KubernetesObject } from '../cluster/object.ts'
import { LABELS } from '../names.ts'
import { API_PORT } from '../render/api.ts'
import { egressTo, inNamespace, tcp } from '../render/destination.ts'
import { PARTS } from '../render/labels.ts'
import { XMPP_PORT } from '../render/xmpp-config.ts'
import { collectorOf } from '../residency/collector.ts'
import { PORTS } from './config.ts'
import type { EdgeInput } from './input.ts'
import { EDGE, owned, selectorOf } from './owned.ts'

/**
 * Anybody may come in by the two entrances; from there it goes to this region's tenants and nowhere else. Nothing else in
 * the region's namespace is to run, and were it to, it could not speak.
 */
export function networkPolicies(input: EdgeInput): KubernetesObject[] {
  const toTenants = [
    toTenant(input, PARTS.ingest.name, XMPP_PORT),
    toTenant(input, PARTS.api.name, API_PORT),
  ]
  return [
    policy(input, 'default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    policy(input, EDGE, {
      podSelector: { matchLabels: selectorOf(input) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: tcp(PORTS.tls, PORTS.xmpp) }],
      egress: [...toTenants, toDns, ...toCollector(input)],
    }),
  ]
}

function policy(input: EdgeInput, name: string, spec: unknown): KubernetesObject {
  return owned(input, { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', name }, { spec })
}

function toTenant({ region }: EdgeInput, name: string, port: number) {
  const namespaces = {
    matchExpressions: [{ key: LABELS.tenant, operator: 'Exists' }],
    matchLabels: { [LABELS.region]: region.metadata.name },
  }
  const to = {
    namespaceSelector: namespaces,
    podSelector: { matchLabels: { [LABELS.name]: name } },
  }
  return { to: [to], ports: tcp(port) }
}

const toDns = {
  to: [{ ...inNamespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
  ports: [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ],
}

function toCollector({ region, addresses = { hosts: {}, apiServer: [] } }: EdgeInput) {
  const collector = collectorOf(region.spec)
  return collector ? egressTo(collector, addresses) : []
}
