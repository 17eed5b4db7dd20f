import type { ClusterAccess } from './access.ts'
import type { KubeObject, Rest } from './rest.ts'

const NAME = 'simulated-cloudnative-pg'
const MANAGER = `fieldManager=${NAME}&force=true`
/** As whom the real one works. */
const ACCOUNT = 'system:serviceaccount:cnpg-system:cnpg-manager'

/** A claim and a pod for each instance, with all of a CloudNativePG Cluster that decides where they go. */
export async function runInstances({ rest }: ClusterAccess, cluster: KubeObject): Promise<void> {
  const { namespace, annotations } = cluster.metadata
  const instances = annotations?.['cnpg.io/hibernation'] === 'on' ? 0 : cluster.spec.instances
  await giveRights(rest)
  for (let serial = 1; serial <= instances; serial++) {
    const name = `${cluster.metadata.name}-${serial}`
    const at = `/api/v1/namespaces/${namespace}`
    await rest.call('PATCH', `${at}/persistentvolumeclaims/${name}?${MANAGER}`, {
      patch: 'apply',
      as: ACCOUNT,
      body: claimOf(cluster, name),
    })
    await rest.call('PATCH', `${at}/pods/${name}?${MANAGER}`, {
      patch: 'apply',
      as: ACCOUNT,
      body: podOf(cluster, name),
    })
  }
}

async function giveRights(rest: Rest): Promise<void> {
  const apiGroup = 'rbac.authorization.k8s.io'
  await rest.call('PATCH', `/apis/${apiGroup}/v1/clusterrolebindings/${NAME}?${MANAGER}`, {
    patch: 'apply',
    body: {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: NAME },
      roleRef: { apiGroup, kind: 'ClusterRole', name: 'edit' },
      subjects: [{ apiGroup, kind: 'User', name: ACCOUNT }],
    },
  })
}

function metadataOf({ metadata, spec }: KubeObject, name: string): KubeObject {
  return {
    name,
    namespace: metadata.namespace,
    labels: {
      ...spec.inheritedMetadata?.labels,
      'cnpg.io/cluster': metadata.name,
      'cnpg.io/instanceName': name,
    },
    annotations: spec.inheritedMetadata?.annotations,
    ownerReferences: [
      {
        apiVersion: 'postgresql.cnpg.io/v1',
        kind: 'Cluster',
        name: metadata.name,
        uid: metadata.uid,
        controller: true,
      },
    ],
  }
}

function claimOf(cluster: KubeObject, name: string): KubeObject {
  const { size, storageClass } = cluster.spec.storage
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadataOf(cluster, name),
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: size } },
      storageClassName: storageClass,
    },
  }
}

function podOf(cluster: KubeObject, name: string): KubeObject {
  const { affinity, imageName, resources } = cluster.spec
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadataOf(cluster, name),
    spec: {
      nodeSelector: affinity?.nodeSelector,
      tolerations: affinity?.tolerations,
      affinity: affinity?.nodeAffinity && { nodeAffinity: affinity.nodeAffinity },
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'postgres',
          image: imageName ?? 'none.invalid/postgres',
          resources,
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
      volumes: [{ name: 'pgdata', persistentVolumeClaim: { claimName: name } }],
    },
  }
}
