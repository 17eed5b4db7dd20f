import type { KubernetesObject } from '../cluster/object.ts'
import { DATABASE, LABELS, regionNamespace } from '../names.ts'
import { collectorOf } from '../residency/collector.ts'
import { API_PORT } from './api.ts'
import { backupOf } from './backup-folder.ts'
import { databasePods, isCloudNativePg } from './database-address.ts'
import { type Egress, egressTo, inNamespace, tcp, toAddresses } from './destination.ts'
import type { TenantInput } from './input.ts'
import { PARTS, type Part, selectorOf } from './labels.ts'
import { owned } from './owned.ts'
import { XMPP_PORT } from './xmpp-config.ts'

/** CloudNativePG's instance manager: its operator asks there, and so do other instances. */
const STATUS_PORT = 8000

interface Flows {
  podSelector: unknown
  ingress?: unknown[]
  egress?: Egress[] | unknown[]
}

/**
 * Nothing goes in or out but the flows of docs/operator.md. Kubelets' probes pass anyway.
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function networkPolicies(input: TenantInput): KubernetesObject[] {
  return [
    policy(input, 'default-deny', { podSelector: {}, ingress: [], egress: [] }),
    policy(input, 'dns', { podSelector: {}, egress: [toDns] }),
    policy(input, 'ingest', fromEdge(input, PARTS.ingest, XMPP_PORT)),
    policy(input, 'api', fromEdge(input, PARTS.api, API_PORT)),
    policy(input, 'jobs', { podSelector: jobs, egress: [toDatabase(input)] }),
    policy(input, 'database', {
      podSelector: databasePods(input),
      ingress: [{ from: clients(input), ports: tcp(DATABASE.port) }],
    }),
    ...(isCloudNativePg(input) ? [policy(input, 'database-instances', instances(input))] : []),
    ...toObjectStore(input),
    ...toCollector(input),
  ]
}

function policy(
  input: TenantInput,
  name: string,
  { podSelector, ingress, egress }: Flows,
): KubernetesObject {
  const ref = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', name }
  const policyTypes = [...(ingress ? ['Ingress'] : []), ...(egress ? ['Egress'] : [])]
  const rules = {
    ...(ingress?.length && { ingress }),
    ...(egress?.length && { egress }),
  }
  return owned(input, ref, { spec: { podSelector, policyTypes, ...rules } })
}

const toDns = {
  to: [{ ...inNamespace('kube-system'), podSelector: pods({ 'k8s-app': 'kube-dns' }) }],
  ports: [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ],
}

/** Everything that runs to its end and speaks to the database. */
const jobs = {
  matchExpressions: [
    {
      key: LABELS.component,
      operator: 'In',
      values: [PARTS.prepare, PARTS.expire, PARTS.backup].map(({ component }) => component),
    },
  ],
}

function pods(matchLabels: Record<string, string>) {
  return { matchLabels }
}

function fromEdge(input: TenantInput, part: Part, port: number): Flows {
  const edge = {
    ...inNamespace(regionNamespace(input.region.metadata.name)),
    podSelector: pods({ [LABELS.component]: 'edge' }),
  }
  return {
    podSelector: pods(selectorOf(input, part)),
    ingress: [{ from: [edge], ports: tcp(port) }],
    egress: [toDatabase(input)],
  }
}

function toDatabase(input: TenantInput): Egress {
  return { to: [{ podSelector: databasePods(input) }], ports: tcp(DATABASE.port) }
}

function clients(input: TenantInput) {
  const serving = [PARTS.ingest, PARTS.api].map(part => ({
    podSelector: pods(selectorOf(input, part)),
  }))
  return [...serving, { podSelector: jobs }]
}

/** Instances copy from each other, report to the API server, and are looked after by CloudNativePG's operator. */
function instances(input: TenantInput): Flows {
  const each = { podSelector: databasePods(input) }
  const operator = {
    ...inNamespace(input.region.spec.database.operatorNamespace),
    podSelector: pods({ 'app.kubernetes.io/name': 'cloudnative-pg' }),
  }
  const ports = tcp(DATABASE.port, STATUS_PORT)
  const apiServer = input.addresses.apiServer.map(({ ip, port }) => toAddresses([ip], port))
  return {
    ...each,
    ingress: [{ from: [each, operator], ports }],
    egress: [{ to: [each], ports }, ...apiServer],
  }
}

function toObjectStore(input: TenantInput): KubernetesObject[] {
  const backup = backupOf(input)
  const egress = backup ? egressTo(backup.endpoint, input.addresses) : []
  if (egress.length === 0) return []
  return [policy(input, 'database-backup', { podSelector: databasePods(input), egress })]
}

function toCollector(input: TenantInput): KubernetesObject[] {
  const collector = collectorOf(input.region.spec)
  const egress = collector ? egressTo(collector, input.addresses) : []
  if (egress.length === 0) return []
  const senders = [PARTS.ingest, PARTS.api].map(({ component }) => component)
  const podSelector = {
    matchExpressions: [{ key: LABELS.component, operator: 'In', values: senders }],
  }
  return [policy(input, 'telemetry', { podSelector, egress })]
}
