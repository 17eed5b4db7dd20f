export const KUBERNETES_VERSION = 'v1.37.2'
const ETCD_VERSION = 'v3.7.0'
const HELM_VERSION = 'v4.3.1'
const KWOK_VERSION = 'v0.8.0'
const COREDNS_VERSION = 'v1.15.0'
const LOCAL_PATH_VERSION = 'v0.0.30'
const VERSITYGW_VERSION = 'v1.8.0'

export type ToolName =
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubelet'
  | 'kube-proxy'
  | 'kubectl'
  | 'etcd'
  | 'helm'
  | 'kwok'
  | 'coredns'
  | 'local-path-provisioner'
  | 'versitygw'
  | 'agnhost'
  | 'e2e.test'

/** Where a program can be had. */
export interface Tool {
  name: ToolName
  version: string
  /** Below the cache folder. */
  folder: string
  /** The project's own release; absent where there is none with a checksum. */
  release?: Release
  /** The Go package that it is built from. */
  goPackage: string
  /** The program is what `go test -c` makes of the package's tests. */
  isOfTests?: boolean
  /** Of a program of our own making: packages that it needs for what they register. Its main function calls goPackage. */
  plugins?: string[]
}

export interface Release {
  /** The program itself, or a `.tar.gz` or `.tgz` that holds it. */
  url: string
  /** Its SHA-256: alone in this file, or in a line with the name of the downloaded file. */
  checksum: string
}

/** What a control plane is made of. */
export const CONTROL_PLANE = [
  'kube-apiserver',
  'kube-controller-manager',
  'kubectl',
  'etcd',
] as const satisfies ToolName[]

/** What a node with its control plane is made of, beside Debian's packages. */
export const NODE = [
  ...CONTROL_PLANE,
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
] as const satisfies ToolName[]

const arch = process.arch === 'x64' ? 'amd64' : process.arch
const platform = `${process.platform}-${arch}`
const KUBERNETES_TESTS = `https://dl.k8s.io/${KUBERNETES_VERSION}/kubernetes-test-${platform}.tar.gz`
const COREDNS_RELEASE = `https://github.com/coredns/coredns/releases/download/${COREDNS_VERSION}/coredns_${COREDNS_VERSION.slice(1)}_${process.platform}_${arch}.tgz`
const VERSITYGW_RELEASE = `https://github.com/versity/versitygw/releases/download/${VERSITYGW_VERSION}`

export const TOOLS: Record<ToolName, Tool> = {
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  kubelet: kubernetes('kubelet'),
  'kube-proxy': kubernetes('kube-proxy'),
  kubectl: kubernetes('kubectl'),
  etcd: {
    name: 'etcd',
    version: ETCD_VERSION,
    folder: `kubernetes/${KUBERNETES_VERSION}`,
    release: {
      url: `https://github.com/etcd-io/etcd/releases/download/${ETCD_VERSION}/etcd-${ETCD_VERSION}-${platform}.tar.gz`,
      checksum: `https://github.com/etcd-io/etcd/releases/download/${ETCD_VERSION}/SHA256SUMS`,
    },
    goPackage: 'go.etcd.io/etcd/server/v3',
  },
  helm: {
    name: 'helm',
    version: HELM_VERSION,
    folder: `helm/${HELM_VERSION}`,
    release: {
      url: `https://get.helm.sh/helm-${HELM_VERSION}-${platform}.tar.gz`,
      checksum: `https://get.helm.sh/helm-${HELM_VERSION}-${platform}.tar.gz.sha256sum`,
    },
    goPackage: 'helm.sh/helm/v4/cmd/helm',
  },
  kwok: {
    name: 'kwok',
    version: KWOK_VERSION,
    folder: `kwok/${KWOK_VERSION}`,
    goPackage: 'sigs.k8s.io/kwok/cmd/kwok',
  },
  coredns: {
    name: 'coredns',
    version: COREDNS_VERSION,
    folder: `coredns/${COREDNS_VERSION}`,
    release: { url: COREDNS_RELEASE, checksum: `${COREDNS_RELEASE}.sha256` },
    goPackage: 'github.com/coredns/coredns/coremain',
    // The whole of it has the SDKs of all clouds in it.
    plugins: ['cache', 'errors', 'health', 'kubernetes', 'ready', 'reload', 'template'].map(
      name => `github.com/coredns/coredns/plugin/${name}`,
    ),
  },
  'local-path-provisioner': {
    name: 'local-path-provisioner',
    version: LOCAL_PATH_VERSION,
    folder: `local-path-provisioner/${LOCAL_PATH_VERSION}`,
    goPackage: 'github.com/rancher/local-path-provisioner',
  },
  versitygw: {
    name: 'versitygw',
    version: VERSITYGW_VERSION,
    folder: `versitygw/${VERSITYGW_VERSION}`,
    release: {
      url: `${VERSITYGW_RELEASE}/versitygw_${VERSITYGW_VERSION}_${unameOf(process)}.tar.gz`,
      checksum: `${VERSITYGW_RELEASE}/checksums.txt`,
    },
    goPackage: 'github.com/versity/versitygw/cmd/versitygw',
  },
  // What upstream's own tests run in pods: published as an image only.
  agnhost: {
    name: 'agnhost',
    version: KUBERNETES_VERSION,
    folder: `kubernetes/${KUBERNETES_VERSION}`,
    goPackage: 'k8s.io/kubernetes/test/images/agnhost',
  },
  'e2e.test': {
    name: 'e2e.test',
    version: KUBERNETES_VERSION,
    folder: `kubernetes/${KUBERNETES_VERSION}`,
    release: { url: KUBERNETES_TESTS, checksum: `${KUBERNETES_TESTS}.sha256` },
    goPackage: 'k8s.io/kubernetes/test/e2e',
    isOfTests: true,
  },
}

function kubernetes(name: ToolName): Tool {
  const url = `https://dl.k8s.io/${KUBERNETES_VERSION}/bin/${process.platform}/${arch}/${name}`
  return {
    name,
    version: KUBERNETES_VERSION,
    folder: `kubernetes/${KUBERNETES_VERSION}`,
    release: { url, checksum: `${url}.sha256` },
    goPackage: `k8s.io/kubernetes/cmd/${name}`,
  }
}

/** As in names of releases: `Linux_x86_64`. */
function unameOf({ platform: system, arch: machine }: NodeJS.Process): string {
  const kernel = system.slice(0, 1).toUpperCase() + system.slice(1)
  return `${kernel}_${machine === 'x64' ? 'x86_64' : machine}`
}
