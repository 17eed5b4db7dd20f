import { readFileSync } from 'node:fs'
import type { ClusterAccess } from './access.ts'
import { files, serverCertificate } from './certificates.ts'
import { type KubeObject, RestError } from './rest.ts'

const HOSTS = 'cert-manager.io/alt-names'

/** Does what cert-manager does for a Certificate, signed by the control plane's authority. */
export async function issueCertificate(
  { rest, directory }: ClusterAccess,
  { metadata, spec }: KubeObject,
): Promise<void> {
  const path = `/api/v1/namespaces/${metadata.namespace}/secrets/${spec.secretName}`
  const hosts: string[] = spec.dnsNames
  const there = await rest.call('GET', path).catch(error => {
    if (error instanceof RestError && error.status === 404) return undefined
    throw error
  })
  if (there?.metadata.annotations?.[HOSTS] === hosts.join(',')) return
  const { certificate, key } = await serverCertificate(directory, hosts)
  const data = {
    'tls.crt': certificate,
    'tls.key': key,
    'ca.crt': readFileSync(files(directory).ca, 'utf8'),
  }
  await rest.call('PATCH', `${path}?fieldManager=simulated-cert-manager&force=true`, {
    patch: 'apply',
    body: {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: {
        name: spec.secretName,
        namespace: metadata.namespace,
        labels: spec.secretTemplate?.labels,
        annotations: { ...spec.secretTemplate?.annotations, [HOSTS]: hosts.join(',') },
      },
      stringData: data,
    },
  })
}
