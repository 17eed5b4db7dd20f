import type { KubeObject } from '../kubernetes/index.ts'
import { MONITOR_CHART, type Release, renderChart } from './chart.ts'

export type Values = Record<string, unknown>

export interface Case {
  why: string
  values: Values
  /** `Kind name` of what is rendered, sorted. */
  objects: string[]
}

export const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
/** As little as a monitor needs. */
export const ENROLLED = {
  enrol: { url: 'https://acme.de.example.com', code: 'K7QW-M2XD' },
  networks: ['192.168.1.0/24'],
}
export const BY_HAND = {
  xmpp: { domain: 'acme.de.example.com', user: 'site-1', password: 'secret words' },
  networks: ['192.168.1.0/24'],
}

export const ALL_OPTIONS = {
  enrol: { ...ENROLLED.enrol, certificateAuthority: PEM },
  networks: ['10.0.0.0/16', '192.168.1.64/26', '192.168.2.9/32'],
  snmp: {
    port: 1161,
    communities: ['office', 'with blank'],
    v3: {
      user: 'reader',
      authProtocol: 'sha256',
      authPassword: 'authentic!',
      privacyProtocol: 'aes256b',
      privacyPassword: 'privately!',
    },
  },
  pollSeconds: 60,
  sweepSeconds: 604_800,
  sendKibPerSecond: 2_000_000,
  outboxMb: 1_000_000,
  persistence: { size: '2Ti', storageClassName: 'fast' },
  image: { repository: 'registry.test:5000/platen/monitor', tag: '1.2.3', pullPolicy: 'Always' },
  imagePullSecrets: [{ name: 'registry' }],
  logLevel: 'debug',
  resources: { requests: { cpu: 1, memory: '1Gi' }, limits: { memory: '2Gi' } },
  healthPort: 9090,
  metrics: { enabled: true, from: [{ podSelector: { matchLabels: { app: 'prometheus' } } }] },
  networkPolicy: { enabled: true, egressPorts: [443, 5222, 8443] },
  nodeSelector: { pool: 'site' },
  tolerations: [{ key: 'site', operator: 'Exists' }],
  affinity: { nodeAffinity: {} },
  podLabels: { team: 'office' },
  podAnnotations: { 'example.com/note': 'x' },
}

const ALWAYS = [
  'NetworkPolicy monitor',
  'PersistentVolumeClaim monitor',
  'ServiceAccount monitor',
  'StatefulSet monitor',
]

export const CASES: Case[] = [
  {
    why: 'an address, a code and a network are all that a site has to say',
    values: ENROLLED,
    objects: [...ALWAYS, 'Secret monitor-enrol', 'Secret monitor-snmp'],
  },
  {
    why: 'every option has a place',
    values: ALL_OPTIONS,
    objects: [
      ...ALWAYS,
      'ConfigMap monitor-authority',
      'Secret monitor-enrol',
      'Secret monitor-snmp',
      'Service monitor-metrics',
    ],
  },
  {
    why: 'secrets that exist are not made again',
    values: {
      enrol: { url: 'https://acme.de.example.com/', existingSecret: 'code' },
      networks: ['192.168.1.0/24'],
      snmp: { existingSecret: 'printers' },
    },
    objects: ALWAYS,
  },
  {
    why: 'an account made by hand needs no enrolment',
    values: { ...BY_HAND, xmpp: { ...BY_HAND.xmpp, certificateAuthority: PEM } },
    objects: [
      ...ALWAYS,
      'ConfigMap monitor-authority',
      'Secret monitor-snmp',
      'Secret monitor-xmpp',
    ],
  },
  {
    why: 'no network policy holds for the network of the node',
    values: { ...ENROLLED, hostNetwork: true },
    objects: [
      ...ALWAYS.filter(name => !name.startsWith('NetworkPolicy')),
      'Secret monitor-enrol',
      'Secret monitor-snmp',
    ],
  },
]

/** What `helm install monitor` would apply in the namespace `site`. */
export const render = (values: Values, release: Release = {}): Promise<KubeObject[]> =>
  renderChart({ name: 'monitor', namespace: 'site', ...release, chart: MONITOR_CHART, values })
