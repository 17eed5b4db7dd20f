import { X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
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

/**
 * Authority, certificates and kubeconfigs of a cluster, made once.
 * @throws one sentence, where those that are there end within a day.
 */
export async function makePki(cluster: ClusterPlan, directory: string): Promise<void> {
  const complete = join(directory, 'complete')
  if (existsSync(complete)) return refuseOld(cluster, directory)
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

const DAY_MS = 24 * 3_600_000

/** Everything that runs there has read them, the pods' accounts with it: to make the cluster anew is the shorter way. */
function refuseOld({ name }: ClusterPlan, directory: string): void {
  const ends = readdirSync(directory)
    .filter(file => file.endsWith('.crt'))
    .map(file => new X509Certificate(readFileSync(join(directory, file))).validToDate.getTime())
  const end = Math.min(...ends)
  if (end - Date.now() > DAY_MS) return
  throw new Error(
    `cannot bring up ${name}: it is as old as its certificates, which end on ${new Date(end).toISOString().slice(0, 10)}; run npm run cluster -- down first, which deletes all that is in it`,
  )
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
