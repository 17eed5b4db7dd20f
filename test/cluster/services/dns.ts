import type { KubeObject } from '../../kubernetes/rest.ts'
import { IMAGES } from './images.ts'

const NAMESPACE = 'kube-system'
const LABELS = { 'k8s-app': 'kube-dns' }
const metadata = { name: 'coredns', namespace: NAMESPACE, labels: LABELS }

export interface DnsOptions {
  /** Of the Service, as the kubelet tells pods. */
  address: string
  /** Every host below a domain leads to its address: what a DNS zone of the platform team's would do. */
  domains: { domain: string; address: string }[]
}

/** The cluster's resolver. Nothing outside is asked: what it does not know does not exist. */
export function dns({ address, domains }: DnsOptions): KubeObject[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    ...rights(),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: corefile(domains) } },
    deployment(),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...metadata, name: 'kube-dns' },
      spec: {
        clusterIP: address,
        selector: LABELS,
        ports: ['UDP', 'TCP'].map(protocol => ({
          name: `dns-${protocol.toLowerCase()}`,
          port: 53,
          protocol,
        })),
      },
    },
  ]
}

/**
 * https://coredns.io/plugins/. In one block of the configuration templates are asked before Kubernetes, whatever the order:
 * the last of them would answer for all Services.
 */
export function corefile(domains: DnsOptions['domains']): string {
  const zones = domains.flatMap(({ domain, address }) => [
    `template IN A ${domain} {\n    answer "{{ .Name }} 30 IN A ${address}"\n  }`,
    `template IN ANY ${domain} {\n    rcode NOERROR\n  }`,
  ])
  return `cluster.local:53 in-addr.arpa:53 ip6.arpa:53 {
  errors
  ready :8181
  kubernetes {
    ttl 5
  }
}
.:53 {
  errors
  health :8080
  ready :8181
  ${zones.join('\n  ')}
  template ANY ANY . {
    rcode NXDOMAIN
  }
  reload
}
`
}

function rights(): KubeObject[] {
  const role = { name: 'system:coredns' }
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: role,
      rules: [
        {
          apiGroups: [''],
          resources: ['services', 'pods', 'namespaces'],
          verbs: ['list', 'watch'],
        },
        {
          apiGroups: ['discovery.k8s.io'],
          resources: ['endpointslices'],
          verbs: ['list', 'watch'],
        },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: role,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role.name },
      subjects: [{ kind: 'ServiceAccount', name: metadata.name, namespace: NAMESPACE }],
    },
  ]
}

function deployment(): KubeObject {
  const probe = (path: string, port: number) => ({ httpGet: { path, port }, periodSeconds: 2 })
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: metadata.name,
          priorityClassName: 'system-cluster-critical',
          dnsPolicy: 'Default',
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 10_001,
            seccompProfile: { type: 'RuntimeDefault' },
            // Policies see the pods' port, and every tenant's lets it ask port 53 only.
            sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
          },
          containers: [
            {
              name: 'coredns',
              image: IMAGES.coredns,
              args: ['-conf', '/etc/coredns/Corefile'],
              resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
              livenessProbe: { ...probe('/health', 8080), failureThreshold: 15 },
              readinessProbe: probe('/ready', 8181),
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                readOnlyRootFilesystem: true,
              },
              volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }],
            },
          ],
          volumes: [{ name: 'config', configMap: { name: metadata.name } }],
        },
      },
    },
  }
}
