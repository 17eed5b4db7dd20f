import type { ClusterAccess } from './access.ts'

/**
 * Does for a claim what a provisioner of node-local storage does once a pod needs it: the volume's own node affinity
 * names the host. Binding the two is up to the real controller.
 */
export async function provide(
  { rest }: ClusterAccess,
  o: { claim: { namespace: string; name: string }; node: string; provisioner: string },
): Promise<void> {
  const path = `/api/v1/namespaces/${o.claim.namespace}/persistentvolumeclaims/${o.claim.name}`
  const claim = await rest.call('GET', path)
  if (claim.spec.volumeName || claim.status.phase === 'Bound') return
  const { uid } = claim.metadata
  const name = `pvc-${uid}`
  await rest.call('PATCH', path, {
    patch: 'merge',
    body: { metadata: { annotations: { 'volume.kubernetes.io/selected-node': o.node } } },
  })
  await rest.call('PATCH', `/api/v1/persistentvolumes/${name}?fieldManager=simulated-nodes`, {
    patch: 'apply',
    body: {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': o.provisioner } },
      spec: {
        capacity: { storage: claim.spec.resources.requests.storage },
        accessModes: claim.spec.accessModes,
        storageClassName: claim.spec.storageClassName,
        persistentVolumeReclaimPolicy: 'Delete',
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...o.claim, uid },
        hostPath: { path: `/simulated/${uid}` },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              {
                matchExpressions: [
                  { key: 'kubernetes.io/hostname', operator: 'In', values: [o.node] },
                ],
              },
            ],
          },
        },
      },
    },
  })
}
