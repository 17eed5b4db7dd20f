import { DE, STORAGE_CLASS } from '../../cluster/platform/places.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'

// What somebody puts into a tenant's namespace, past the scheduler, the StorageClass and the operator.

export const REGION_LABEL = 'topology.kubernetes.io/region'
export const ABROAD = 'us-east-1'

/** A Node that is nothing but this object: no machine, no kubelet. What is bound to it never starts, and never ends by itself. */
export const nodeAbroad = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'elsewhere', labels: { [REGION_LABEL]: ABROAD } },
}

const inPlace = (place: string) => ({
  nodeSelectorTerms: [
    { matchExpressions: [{ key: REGION_LABEL, operator: 'In', values: [place] }] },
  ],
})

/** What takes the affinity from a pod template, and names a node in its place. */
export const unbound = {
  spec: { template: { spec: { affinity: null, nodeName: nodeAbroad.metadata.name } } },
}

/** A pod that says that it needs the region, and is bound to the node abroad. */
export function podAbroad(namespace: string, labels: object): KubeObject {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'forced', namespace, labels },
    spec: {
      nodeName: nodeAbroad.metadata.name,
      automountServiceAccountToken: false,
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: inPlace(DE.cluster.region),
        },
      },
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 10_001,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [{ name: 'c', image: 'none.invalid/c', securityContext }],
    },
  }
}

/** A volume abroad with somebody's database on it, and the claim that takes it. */
export function volumeAbroad(namespace: string, labels: object): [KubeObject, KubeObject] {
  const name = 'restored-by-hand'
  const size = { storage: '1Gi' }
  const accessModes = ['ReadWriteOnce']
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        capacity: size,
        accessModes,
        storageClassName: STORAGE_CLASS,
        persistentVolumeReclaimPolicy: 'Retain',
        claimRef: { namespace, name },
        hostPath: { path: '/restored' },
        nodeAffinity: { required: inPlace(ABROAD) },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace, labels },
      spec: {
        accessModes,
        resources: { requests: size },
        storageClassName: STORAGE_CLASS,
        volumeName: name,
      },
    },
  ]
}

/** A policy that lets everything out, as anybody would write it. */
export const wayOut = (namespace: string): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'way-out', namespace },
  spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] },
})
