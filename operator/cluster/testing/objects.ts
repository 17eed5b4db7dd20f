import type { KubernetesObject } from '../object.ts'

/** One object of each kind that a tenant's namespace holds, written as the API server stores it. */
export function everyKind(namespace: string): KubernetesObject[] {
  return [
    ...bounds(namespace),
    ...policies(namespace),
    ...settings(namespace),
    ...workloads(namespace),
  ]
}

const labels = { 'platen.dev/tenant': 'acme', 'app.kubernetes.io/managed-by': 'platen-operator' }
const metaIn = (namespace: string) => (name: string) => ({ name, namespace, labels })

function bounds(namespace: string): KubernetesObject[] {
  const meta = metaIn(namespace)
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'baseline' },
        annotations: { 'platen.dev/country': 'DE' },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: meta('tenant'),
      spec: { hard: { 'limits.cpu': '8', 'requests.memory': '16Gi' } },
    },
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: meta('tenant'),
      spec: {
        limits: [
          {
            type: 'Container',
            default: { cpu: '1', memory: '256Mi' },
            defaultRequest: { cpu: '100m', memory: '128Mi' },
          },
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: meta('ingest'),
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: 'pull-b' }, { name: 'pull-a' }],
    },
  ]
}

function policies(namespace: string): KubernetesObject[] {
  const meta = metaIn(namespace)
  return [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: meta('default-deny'),
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: meta('ingest'),
      spec: {
        podSelector: { matchLabels: { app: 'ingest' } },
        policyTypes: ['Ingress'],
        ingress: [
          {
            from: [{ namespaceSelector: { matchLabels: { edge: 'true' } } }],
            ports: [{ port: 5222, protocol: 'TCP' }],
          },
        ],
      },
    },
  ]
}

function settings(namespace: string): KubernetesObject[] {
  const meta = metaIn(namespace)
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: meta('xmpp'),
      data: { 'prosody.cfg.lua': 'modules_enabled = { "tls" } -- ü\n', empty: '' },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: meta('component'),
      type: 'Opaque',
      data: { secret: 'c2VjcmV0' },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: meta('ingest'),
      spec: {
        type: 'ClusterIP',
        selector: { app: 'ingest' },
        ports: [
          { name: 'xmpp', port: 5222, protocol: 'TCP', targetPort: 'xmpp' },
          { name: 'more', port: 443, protocol: 'TCP', targetPort: 8443 },
        ],
      },
    },
  ]
}

function workloads(namespace: string): KubernetesObject[] {
  const meta = metaIn(namespace)
  return [
    deployment(meta('ingest')),
    statefulSet(meta('database')),
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: meta('prepare-1'),
      spec: {
        backoffLimit: 3,
        activeDeadlineSeconds: 900,
        template: {
          metadata: { labels: { job: 'prepare' } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'prepare', image: 'api:1' }] },
        },
      },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: meta('expire'),
      spec: {
        schedule: '0 3 * * *',
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        suspend: false,
        jobTemplate: {
          spec: {
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'expire', image: 'api:1' }] },
            },
          },
        },
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: meta('ingest'),
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'ingest' } } },
    },
  ]
}

export function deployment(metadata: KubernetesObject['metadata']): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: 2,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: { app: metadata.name } },
      template: {
        metadata: { labels: { app: metadata.name }, annotations: { 'platen.dev/revision': 'r1' } },
        spec: podSpec(metadata.name),
      },
    },
  }
}

function podSpec(app: string) {
  return {
    serviceAccountName: app,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 30,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            {
              matchExpressions: [
                { key: 'topology.kubernetes.io/region', operator: 'In', values: ['de'] },
              ],
            },
          ],
        },
      },
    },
    tolerations: [{ key: 'tenants', operator: 'Exists', effect: 'NoSchedule' }],
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { app } },
      },
    ],
    initContainers: [
      { name: 'second', image: 'init:1' },
      { name: 'first', image: 'init:1' },
    ],
    containers: [
      {
        name: 'xmpp',
        image: 'xmpp:1',
        args: ['--config', 'b', 'a'],
        env: [
          {
            name: 'SECRET',
            valueFrom: { secretKeyRef: { name: 'component', key: 'secret' } },
          },
          {
            name: 'POD',
            valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } },
          },
          { name: 'A', value: 'b' },
        ],
        ports: [{ name: 'xmpp', containerPort: 5222, protocol: 'TCP' }],
        resources: { requests: { cpu: '250m', memory: '128Mi' }, limits: { memory: '256Mi' } },
        livenessProbe: { tcpSocket: { port: 'xmpp' }, periodSeconds: 10 },
        readinessProbe: { httpGet: { path: '/readyz', port: 8081 } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'config', mountPath: '/etc/x&y', readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: 'tmp', emptyDir: {} },
      { name: 'config', configMap: { name: 'xmpp', items: [{ key: 'a', path: 'a' }] } },
      {
        name: 'all',
        projected: { sources: [{ secret: { name: 'tls' } }, { configMap: { name: 'ca' } }] },
      },
    ],
  }
}

function statefulSet(metadata: KubernetesObject['metadata']): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: {
      replicas: 1,
      serviceName: metadata.name,
      selector: { matchLabels: { app: metadata.name } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      template: {
        metadata: { labels: { app: metadata.name } },
        spec: { containers: [{ name: 'postgresql', image: 'database:1' }] },
      },
      // The list is replaced as a whole, so its defaults must be spelled out.
      volumeClaimTemplates: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data', labels: { app: metadata.name } },
          spec: {
            accessModes: ['ReadWriteOnce'],
            resources: { requests: { storage: '20Gi' } },
            storageClassName: 'local-path',
            volumeMode: 'Filesystem',
          },
          status: { phase: 'Pending' },
        },
      ],
    },
  }
}

/** Those of other operators; their CRDs have to be installed. */
export function foreignKinds(namespace: string): KubernetesObject[] {
  const meta = (name: string) => ({ name, namespace, labels: { 'platen.dev/tenant': 'acme' } })
  return [
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: meta('tls'),
      spec: {
        secretName: 'tls',
        dnsNames: ['acme.de.example.org'],
        usages: ['server auth', 'digital signature'],
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
        issuerRef: { name: 'issuer', kind: 'ClusterIssuer', group: 'cert-manager.io' },
      },
    },
    {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Cluster',
      metadata: meta('database'),
      spec: {
        instances: 2,
        storage: { size: '20Gi', storageClass: 'local-path' },
        postgresql: { parameters: { max_connections: '100' }, pg_hba: ['b', 'a'] },
        managed: {
          // Replaced as a whole by their CRD.
          roles: [
            {
              name: 'ingest',
              ensure: 'present',
              login: true,
              inherit: true,
              connectionLimit: -1,
              inRoles: ['b', 'a'],
            },
            { name: 'api', ensure: 'present', login: true, inherit: true, connectionLimit: -1 },
          ],
        },
      },
    },
    {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'ScheduledBackup',
      metadata: meta('database'),
      spec: { schedule: '0 0 2 * * *', cluster: { name: 'database' } },
    },
  ]
}
