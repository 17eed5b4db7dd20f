import type { KubeObject } from '../../kubernetes/rest.ts'
import { IMAGES } from './images.ts'

const NAMESPACE = 'local-path-storage'
const NAME = 'local-path-provisioner'
const metadata = { name: NAME, namespace: NAMESPACE }
const PROVISIONER = 'rancher.io/local-path'

export interface StorageOptions {
  /** Of the node: volumes are folders in it. */
  folder: string
  storageClass: string
  /** Its volumes are in this region only. */
  region: string
}

/** Volumes that are folders of the node, and a class of them for one region. */
export function storage(options: StorageOptions): KubeObject[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    ...rights(),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: config(options) },
    deployment(),
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: options.storageClass },
      provisioner: PROVISIONER,
      // As a production class would: what a deleted tenant leaves is for somebody to delete.
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowedTopologies: [
        {
          matchLabelExpressions: [
            { key: 'topology.kubernetes.io/region', values: [options.region] },
          ],
        },
      ],
    },
    // Where nobody asks for a region: a customer's own claims.
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'local-path',
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: PROVISIONER,
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
  ]
}

/** https://github.com/rancher/local-path-provisioner#configuration */
function config({ folder }: StorageOptions): Record<string, string> {
  const nodePathMap = [{ node: 'DEFAULT_PATH_FOR_NON_LISTED_NODES', paths: [folder] }]
  const helper = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'helper-pod' },
    spec: { containers: [{ name: 'helper-pod', image: IMAGES.busybox }] },
  }
  return {
    'config.json': JSON.stringify({ nodePathMap }),
    setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
    teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
    'helperPod.yaml': JSON.stringify(helper),
  }
}

function rights(): KubeObject[] {
  const all = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']
  const rbac = 'rbac.authorization.k8s.io'
  return [
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: NAME },
      rules: [
        {
          apiGroups: [''],
          resources: ['nodes', 'persistentvolumeclaims', 'configmaps', 'pods', 'pods/log'],
          verbs: ['get', 'list', 'watch'],
        },
        { apiGroups: [''], resources: ['persistentvolumes', 'pods', 'endpoints'], verbs: all },
        { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
        { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: all },
        {
          apiGroups: ['storage.k8s.io'],
          resources: ['storageclasses'],
          verbs: ['get', 'list', 'watch'],
        },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: NAME },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: NAME },
      subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
    },
  ]
}

function deployment(): KubeObject {
  const labels = { app: NAME }
  const flags = {
    'provisioner-name': PROVISIONER,
    'helper-image': IMAGES.busybox,
    config: '/etc/config/config.json',
    'configmap-name': NAME,
    'service-account-name': NAME,
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: NAME,
          containers: [
            {
              name: NAME,
              image: IMAGES.localPath,
              args: [
                'start',
                ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]),
              ],
              env: [
                { name: 'POD_NAMESPACE', value: NAMESPACE },
                { name: 'CONFIG_MOUNT_PATH', value: '/etc/config/' },
              ],
              resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
              volumeMounts: [{ name: 'config', mountPath: '/etc/config' }],
            },
          ],
          volumes: [{ name: 'config', configMap: { name: NAME } }],
        },
      },
    },
  }
}
