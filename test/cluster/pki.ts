import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ADMIN, kubeconfigFile, makeUserKubeconfig } from '../kubernetes/access.ts'
import {
  clientCertificate,
  makeCertificates,
  files as ofControlPlane,
  type User,
} from '../kubernetes/certificates.ts'
import { type ClusterPlan, serverUrl } from './clusters.ts'

export const files = (directory: string) => ({
  ...ofControlPlane(directory),
  kubeletClient: join(directory, 'kubelet-client.crt'),
  kubeletClientKey: join(directory, 'kubelet-client.key'),
})

export const kubeconfigOf = kubeconfigFile

/** Authority, certificates and kubeconfigs of a cluster, made once. */
export async function makePki(cluster: ClusterPlan, directory: string): Promise<void> {
  const complete = join(directory, 'complete')
  if (existsSync(complete)) return
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  await makeCertificates(directory, {
    addresses: [cluster.address, cluster.apiServiceAddress],
    hosts: ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc.cluster.local'],
  })
  const kubeletClient = await clientCertificate(directory, { ...ADMIN, user: 'kube-apiserver' })
  const at = files(directory)
  writeFileSync(at.kubeletClient, kubeletClient.certificate, { mode: 0o600 })
  writeFileSync(at.kubeletClientKey, kubeletClient.key, { mode: 0o600 })
  for (const user of users(cluster)) {
    await makeUserKubeconfig({ directory, url: serverUrl(cluster), user })
  }
  writeFileSync(complete, '')
}

/** https://kubernetes.io/docs/setup/best-practices/certificates/#configure-certificates-for-user-accounts */
function users({ name }: ClusterPlan): User[] {
  return [
    ADMIN,
    { user: 'system:kube-controller-manager' },
    { user: 'system:kube-scheduler' },
    { user: 'system:kube-proxy' },
    { user: `system:node:${name}`, groups: ['system:nodes'] },
  ]
}
