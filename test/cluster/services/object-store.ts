import type { KubeObject } from '../../kubernetes/rest.ts'
import { CREDENTIALS, type StoreKeys } from './store-keys.ts'

export const STORE_NAMESPACE = 'object-store'
/** Of its Deployment, and of the label `app` of its pod. */
export const STORE = 'versitygw'

export interface ObjectStoreOptions {
  namespace: string
  /** In the node's own network, at the node's own address; otherwise in the pods', where a Service leads to it. */
  isOnNode: boolean
  /** Of versitygw, and one with `/bin/mkdir`. */
  images: { server: string; shell: string }
  /** What it answers when it is asked where a bucket is. */
  location: string
  bucket: string
  keys: StoreKeys
  storageClass: string
}

/**
 * An S3 object store for one region, on port 443. On the node it is as the rest of the world sees it: other clusters reach
 * it there, and a network policy can name it, which it cannot where kube-proxy chooses the server.
 */
export function objectStore(options: ObjectStoreOptions): KubeObject[] {
  const { namespace, keys, storageClass } = options
  const secret = (name: string, type: string, stringData: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    type,
    stringData,
  })
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    secret('credentials', 'Opaque', keys.credentials),
    secret('certificate', 'kubernetes.io/tls', {
      'tls.crt': keys.certificate,
      'tls.key': keys.key,
    }),
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: STORE, namespace },
      spec: {
        storageClassName: storageClass,
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '5Gi' } },
      },
    },
    deployment(options),
  ]
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

function deployment(options: ObjectStoreOptions): KubeObject {
  const labels = { app: STORE }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: STORE, namespace: options.namespace },
    spec: {
      replicas: 1,
      // Two would want the same volume, and the same port of the node.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: pod(options) },
    },
  }
}

function pod({ location, bucket, isOnNode, images }: ObjectStoreOptions): KubeObject {
  const data = { name: 'data', mountPath: '/data' }
  const probe = { httpGet: { path: HEALTH, port: 443, scheme: 'HTTPS' }, periodSeconds: 5 }
  const args = serve({
    listen: '$(POD_IP):443',
    certificate: '/certificate',
    location,
    data: '/data',
  })
  return {
    hostNetwork: isOnNode,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    initContainers: [
      {
        name: 'bucket',
        image: images.shell,
        command: ['/bin/mkdir', '-p', `/data/${bucket}`],
        securityContext: confined(),
        volumeMounts: [data],
      },
    ],
    containers: [
      {
        name: STORE,
        image: images.server,
        args,
        env: [
          // Of a pod in the node's network, the node's.
          { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          fromSecret('ROOT_ACCESS_KEY_ID', CREDENTIALS.id),
          fromSecret('ROOT_SECRET_ACCESS_KEY', CREDENTIALS.secret),
        ],
        resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '512Mi' } },
        livenessProbe: { ...probe, failureThreshold: 6 },
        readinessProbe: { ...probe, periodSeconds: 2 },
        // Only root may have a port as low as 443 everywhere.
        securityContext: confined(['NET_BIND_SERVICE']),
        volumeMounts: [data, { name: 'certificate', mountPath: '/certificate', readOnly: true }],
      },
    ],
    volumes: [
      { name: 'data', persistentVolumeClaim: { claimName: STORE } },
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
