import type { KubeObject } from '../../kubernetes/index.ts'

export interface PrintersOptions {
  namespace: string
  /** At most 100,000 are different devices. */
  count: number
  /** Of test/fleet, e.g. `localhost/platen/platen-printers:dev`. */
  image: string
  /** Another site, other devices; 1, when it is not set. */
  seed?: number
}

/** SNMP's own, as every real printer has it. */
export const PORT = 161
const NAME = 'printers'
const LABELS = { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/part-of': 'platen-test' }

/**
 * The printers of a site, each a pod that answers SNMP on its own address: a StatefulSet, whose pods' ordinals are the
 * devices' numbers, the Service that gives them names, and the policy that makes the namespace a site: no other
 * customer's monitor reaches them, though it may sweep the same addresses. They have no readiness of their own: a printer
 * that is still starting is one that is switched off, which the next sweep finds.
 */
export function printers(options: PrintersOptions): KubeObject[] {
  const { namespace, count } = options
  const metadata = { name: NAME, namespace, labels: LABELS }
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      clusterIP: 'None',
      selector: LABELS,
      ports: [{ name: 'snmp', port: PORT, protocol: 'UDP' }],
    },
  }
  const set = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: {
      replicas: count,
      serviceName: NAME,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: LABELS },
      template: { metadata: { labels: LABELS }, spec: podSpec(options) },
    },
  }
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata,
    spec: {
      podSelector: { matchLabels: LABELS },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: {} }], ports: [{ port: PORT, protocol: 'UDP' }] }],
      egress: [],
    },
  }
  return [service, set, policy]
}

function podSpec({ image, seed = 1 }: PrintersOptions) {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // There is nothing to finish.
    terminationGracePeriodSeconds: 2,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10_001,
      runAsGroup: 10_001,
      seccompProfile: { type: 'RuntimeDefault' },
      // Of this pod's network alone: its user is not root, and port 161 is below 1024.
      sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
    },
    containers: [
      {
        name: 'printer',
        image,
        env: [
          { name: 'PLATEN_FLEET_ADDRESS', ...field('status.podIP') },
          { name: 'PLATEN_FLEET_PORT', value: String(PORT) },
          {
            name: 'PLATEN_FLEET_FIRST',
            ...field("metadata.labels['apps.kubernetes.io/pod-index']"),
          },
          { name: 'PLATEN_FLEET_SEED', value: String(seed) },
        ],
        ports: [{ name: 'snmp', containerPort: PORT, protocol: 'UDP' }],
        resources: {
          requests: { cpu: '5m', memory: '48Mi' },
          limits: { memory: '128Mi' },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      },
    ],
  }
}

const field = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } })
