import type { KubeObject } from '../../kubernetes/rest.ts'
import { IMAGES } from './images.ts'
import { CREDENTIALS, type StoreKeys } from './store-keys.ts'

const NAMESPACE = 'object-store'
const NAME = 'versitygw'
const metadata = { name: NAME, namespace: NAMESPACE }

export interface ObjectStoreOptions {
  /** What it answers when it is asked where a bucket is. */
  location: string
  bucket: string
  keys: StoreKeys
  storageClass: string
}

/**
 * An S3 object store for one region, as the rest of the world sees it: at the node's own address, port 443. Other
 * clusters reach it there, and a network policy can name it, which it cannot where kube-proxy chooses the server.
 */
export function objectStore({
  location,
  bucket,
  keys,
  storageClass,
}: ObjectStoreOptions): KubeObject[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    secret('credentials', 'Opaque', keys.credentials),
    secret('certificate', 'kubernetes.io/tls', {
      'tls.crt': keys.certificate,
      'tls.key': keys.key,
    }),
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata,
      spec: {
        storageClassName: storageClass,
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '5Gi' } },
      },
    },
    deployment(location, bucket),
  ]
}

function secret(name: string, type: string, stringData: Record<string, string>): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: NAMESPACE },
    type,
    stringData,
  }
}

export interface ServeOptions {
  /** `HOST:PORT` */
  listen: string
  /** Folder with `tls.crt` and `tls.key`, an absolute path: the program changes into `data`. */
  certificate: string
  location: string
  /** Each folder in it is a bucket; its filesystem has extended attributes. */
  data: string
}

/** https://github.com/versity/versitygw/wiki/Global-Options */
export function serve({ listen, certificate, location, data }: ServeOptions): string[] {
  const flags = {
    port: listen,
    cert: `${certificate}/tls.crt`,
    key: `${certificate}/tls.key`,
    region: location,
    health: HEALTH,
  }
  return [...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`), 'posix', data]
}

const HEALTH = '/healthz'

function deployment(location: string, bucket: string): KubeObject {
  const labels = { app: NAME }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: 1,
      // Two would want the same port of the node.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: pod(location, bucket) },
    },
  }
}

function pod(location: string, bucket: string): KubeObject {
  const data = { name: 'data', mountPath: '/data' }
  const probe = { httpGet: { path: HEALTH, port: 443, scheme: 'HTTPS' }, periodSeconds: 5 }
  const args = serve({
    listen: '$(HOST_IP):443',
    certificate: '/certificate',
    location,
    data: '/data',
  })
  return {
    hostNetwork: true,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    initContainers: [
      {
        name: 'bucket',
        image: IMAGES.busybox,
        command: ['/bin/mkdir', '-p', `/data/${bucket}`],
        securityContext: confined(),
        volumeMounts: [data],
      },
    ],
    containers: [
      {
        name: NAME,
        image: IMAGES.versitygw,
        args,
        env: [
          { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
          fromSecret('ROOT_ACCESS_KEY_ID', CREDENTIALS.id),
          fromSecret('ROOT_SECRET_ACCESS_KEY', CREDENTIALS.secret),
        ],
        resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '512Mi' } },
        livenessProbe: { ...probe, failureThreshold: 6 },
        readinessProbe: { ...probe, periodSeconds: 2 },
        // In the node's network only root may have a port as low as 443.
        securityContext: confined(['NET_BIND_SERVICE']),
        volumeMounts: [data, { name: 'certificate', mountPath: '/certificate', readOnly: true }],
      },
    ],
    volumes: [
      { name: 'data', persistentVolumeClaim: { claimName: NAME } },
      { name: 'certificate', secret: { secretName: 'certificate' } },
    ],
  }
}

function confined(add: string[] = []): KubeObject {
  return {
    runAsUser: 0,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'], add },
  }
}

function fromSecret(name: string, key: string): KubeObject {
  return { name, valueFrom: { secretKeyRef: { name: 'credentials', key } } }
}
