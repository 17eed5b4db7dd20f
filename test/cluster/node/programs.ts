import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ADMIN } from '../../kubernetes/access.ts'
import type { NODE } from '../../kubernetes/tools.ts'
import { cgroupOf } from '../cgroups.ts'
import { API_PORT, type ClusterPlan } from '../clusters.ts'
import { files, kubeconfigOf } from '../pki.ts'
import type { Places } from '../places.ts'
import type { Program } from './program.ts'

export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock'

export type Paths = Record<(typeof NODE)[number], string>

export interface NodeInput {
  cluster: ClusterPlan
  places: Places
  /** Of programs that are no part of the system. */
  paths: Paths
}

/** Everything that runs on a node beside its pods. Each waits by itself for what it needs of the others. */
export function programs(input: NodeInput): Program[] {
  return [
    etcd(input),
    apiServer(input),
    controllerManager(input),
    scheduler(input),
    containerd(input),
    kubelet(input),
    kubeProxy(input),
    balancer(input),
    policies(input),
  ]
}

const ETCD = 'http://127.0.0.1:2379'
const ETCD_PEER = 'http://127.0.0.1:2380'

function etcd({ places, paths }: NodeInput): Program {
  return program('etcd', paths.etcd, {
    'data-dir': places.etcd,
    'listen-client-urls': ETCD,
    'advertise-client-urls': ETCD,
    'listen-peer-urls': ETCD_PEER,
    'initial-advertise-peer-urls': ETCD_PEER,
    'initial-cluster': `default=${ETCD_PEER}`,
    // A killed process loses nothing by it, and the machine itself is not pulled out.
    'unsafe-no-fsync': 'true',
    'log-level': 'warn',
  })
}

function apiServer({ cluster, places, paths }: NodeInput): Program {
  const at = files(places.pki)
  return program('kube-apiserver', paths['kube-apiserver'], {
    'etcd-servers': ETCD,
    'bind-address': cluster.address,
    // Pods reach it there, through the Service `kubernetes`.
    'advertise-address': cluster.address,
    'secure-port': `${API_PORT}`,
    'service-cluster-ip-range': cluster.serviceCidr,
    'tls-cert-file': at.server,
    'tls-private-key-file': at.serverKey,
    'client-ca-file': at.ca,
    'kubelet-client-certificate': at.kubeletClient,
    'kubelet-client-key': at.kubeletClientKey,
    // Otherwise exec and logs look up the node's name, which no DNS knows.
    'kubelet-preferred-address-types': 'InternalIP',
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': at.accountPublicKey,
    'service-account-signing-key-file': at.accountKey,
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'allow-privileged': 'true',
    profiling: 'false',
  })
}

function controllerManager({ cluster, places, paths }: NodeInput): Program {
  const at = files(places.pki)
  const name = 'kube-controller-manager'
  return program(name, paths[name], {
    kubeconfig: kubeconfigOf(places.pki, `system:${name}`),
    'use-service-account-credentials': 'true',
    'service-account-private-key-file': at.accountKey,
    'root-ca-file': at.ca,
    'cluster-signing-cert-file': at.ca,
    'cluster-signing-key-file': at.caKey,
    'cluster-cidr': cluster.podCidr,
    'leader-elect': 'false',
    'bind-address': '127.0.0.1',
    // A node that was stopped for a fault has its pods judged soon, not after five minutes.
    'node-monitor-grace-period': '40s',
  })
}

function scheduler({ places, paths }: NodeInput): Program {
  const name = 'kube-scheduler'
  return program(name, paths[name], {
    kubeconfig: kubeconfigOf(places.pki, `system:${name}`),
    'leader-elect': 'false',
    'bind-address': '127.0.0.1',
  })
}

function containerd({ places }: NodeInput): Program {
  return {
    name: 'containerd',
    command: 'containerd',
    args: ['--config', join(places.config, 'containerd.toml')],
  }
}

function kubelet({ cluster, places, paths }: NodeInput): Program {
  return program('kubelet', paths.kubelet, {
    config: join(places.config, 'kubelet.json'),
    kubeconfig: kubeconfigOf(places.pki, `system:node:${cluster.name}`),
    'root-dir': places.kubelet,
    'cert-dir': join(places.kubelet, 'pki'),
    'hostname-override': cluster.name,
    'node-ip': cluster.address,
    'node-labels': `topology.kubernetes.io/region=${cluster.region},topology.kubernetes.io/zone=${cluster.region}a`,
  })
}

/** What the kubelet has no flags for (KubeletConfiguration, kubelet.config.k8s.io/v1beta1). */
export function kubeletConfig({ cluster, places }: NodeInput): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: { anonymous: { enabled: false }, x509: { clientCAFile: files(places.pki).ca } },
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: cgroupOf(cluster),
    failCgroupV1: false,
    failSwapOn: false,
    clusterDomain: 'cluster.local',
    clusterDNS: [cluster.dnsAddress],
    resolvConf: join(places.config, 'resolv.conf'),
    volumePluginDir: join(places.kubelet, 'volume-plugins'),
    maxPods: 250,
    registryPullQPS: 0,
    // Nothing can be fetched a second time, and the machine's disk is not the cluster's.
    imageGCHighThresholdPercent: 100,
    evictionHard: {},
    // Ten kills of one container would otherwise end in pauses of five minutes.
    crashLoopBackOff: { maxContainerRestartPeriod: '1s' },
    // A test that deletes a Secret or a route does not wait for a minute.
    syncFrequency: '10s',
    configMapAndSecretChangeDetectionStrategy: 'Watch',
  }
}

function kubeProxy({ cluster, places, paths }: NodeInput): Program {
  return program('kube-proxy', paths['kube-proxy'], {
    kubeconfig: kubeconfigOf(places.pki, 'system:kube-proxy'),
    'hostname-override': cluster.name,
    'proxy-mode': 'nftables',
    'cluster-cidr': cluster.podCidr,
    // These settings are the machine's own, which a namespace may not change.
    'conntrack-max-per-core': '0',
    'conntrack-tcp-timeout-established': '0',
    'conntrack-tcp-timeout-close-wait': '0',
  })
}

function balancer(input: NodeInput): Program {
  return ours('balancer', input, ['--address', input.cluster.balancerAddress])
}

function policies(input: NodeInput): Program {
  return ours('policies', input, ['--pod-cidr', input.cluster.podCidr])
}

/** A program of this folder's, with what it may do in the cluster: everything. */
function ours(name: string, { places }: NodeInput, args: string[]): Program {
  const main = fileURLToPath(new URL(`../${name}/main.ts`, import.meta.url))
  const kubeconfig = kubeconfigOf(places.pki, ADMIN.user)
  return { name, command: process.execPath, args: [main, '--kubeconfig', kubeconfig, ...args] }
}

/** @param flags by name, without the dashes. */
function program(name: string, command: string, flags: Record<string, string>): Program {
  return {
    name,
    command,
    args: Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
  }
}

/** https://github.com/containerd/containerd/blob/release/1.6/docs/cri/config.md */
export function containerdConfig({ places }: NodeInput, pauseImage: string): string {
  return `version = 2
root = "${places.containerd}"
state = "/run/containerd"
oom_score = 0

[grpc]
  address = "${CONTAINERD_SOCKET}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # Without CAP_SYS_RESOURCE a container cannot be given a better score than its parent has, and does not start.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${places.config}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
`
}

/** Pods are on a bridge of the node's; what leaves it is masqueraded by the network (network.ts). */
export function cniConfig({ cluster, places }: NodeInput): object {
  return {
    cniVersion: '1.0.0',
    name: 'platen',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          dataDir: places.addresses,
          ranges: [[{ subnet: cluster.podCidr }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  }
}
