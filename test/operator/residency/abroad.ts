import { DE, REGION_LABEL } from '../support/objects.ts'

/** A node in another country. Nothing is ever scheduled to it. */
export const nodeAbroad = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'abroad', labels: { [REGION_LABEL]: 'us-east' } },
}

const labels = (tenant: string) => ({ 'platen.dev/tenant': tenant })

const inPlace = (place: string) => ({
  nodeSelectorTerms: [
    { matchExpressions: [{ key: REGION_LABEL, operator: 'In', values: [place] }] },
  ],
})

/** A pod that somebody put on a node abroad. It says that it requires the region. */
export function podAbroad(tenant: string) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'helper', namespace: `tenant-${tenant}`, labels: labels(tenant) },
    spec: {
      nodeName: 'abroad',
      serviceAccountName: 'ingest',
      automountServiceAccountToken: false,
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: inPlace(DE.place) },
      },
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'c',
          image: 'none.invalid/c',
          resources: {
            requests: { cpu: '1m', memory: '8Mi' },
            limits: { cpu: '1m', memory: '8Mi' },
          },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  }
}

/** A volume abroad that somebody restored, and the claim that takes it. */
export function volumeAbroad(tenant: string) {
  const claimRef = { namespace: `tenant-${tenant}`, name: 'restored' }
  const size = { storage: '1Gi' }
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: {
        name: `restored-${tenant}`,
        annotations: { 'pv.kubernetes.io/provisioned-by': 'csi.example' },
      },
      spec: {
        capacity: size,
        accessModes: ['ReadWriteOnce'],
        storageClassName: DE.storageClass,
        persistentVolumeReclaimPolicy: 'Retain',
        claimRef,
        hostPath: { path: '/restored' },
        nodeAffinity: { required: inPlace('us-east') },
      },
    },
    claim(tenant, 'restored', { volumeName: `restored-${tenant}` }),
  ]
}

/** A claim that copies the database's volume. */
export function clone(tenant: string) {
  return claim(tenant, 'clone', {
    dataSource: { kind: 'PersistentVolumeClaim', name: 'data-database-0' },
  })
}

function claim(tenant: string, name: string, spec: object) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: `tenant-${tenant}`, labels: labels(tenant) },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: DE.storageClass,
      ...spec,
    },
  }
}

/** A policy that lets everything out. */
export function wayOut(tenant: string) {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'way-out', namespace: `tenant-${tenant}` },
    spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] },
  }
}

/** No Secret fits into the namespace: what the operator does there fails all the time. */
export function noSecretsIn(namespace: string) {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'none', namespace },
    spec: { hard: { 'count/secrets': '0' } },
  }
}
