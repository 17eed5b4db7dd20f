import { copyFileSync } from 'node:fs'
import { operatorEnvironmentFromChart } from '../../charts/chart.ts'
import { readKubeconfig } from '../../kubernetes/kubeconfig.ts'
import { startProcess, type TestProcess } from '../../support/process.ts'
import { NAMESPACE, type Platform } from '../support/index.ts'

/** One of several replicas, with a token of its own: the audit log tells them apart by it. */
export interface Replica {
  process: TestProcess
  /** As in the audit log. */
  credential: string
  isReady(): Promise<boolean>
}

/** Path of the kubeconfig with which the operator works in that cluster. */
export function operatorKubeconfig({ plane }: Platform['de']): Promise<string> {
  return plane.serviceAccountKubeconfig({ namespace: NAMESPACE, name: 'platen-operator' })
}

/** Starts one more replica beside those that run, as its Deployment would. */
export async function startReplica({ de }: Platform, name: string): Promise<Replica> {
  const shared = await operatorKubeconfig(de)
  const kubeconfig = `${shared}.${name}`
  copyFileSync(shared, kubeconfig)
  const process = startProcess('operator/main.ts', {
    ...(await operatorEnvironmentFromChart()),
    PLATEN_HEALTH_HOST: '127.0.0.1',
    PLATEN_HEALTH_PORT: '0',
    PLATEN_KUBECONFIG: kubeconfig,
    PLATEN_IDENTITY: name,
  })
  return {
    process,
    credential: credentialIn(kubeconfig),
    isReady: async () => (await process.page('/readyz')).includes('ok'),
  }
}

/** https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#additional-metadata-in-pod-bound-tokens */
function credentialIn(kubeconfig: string): string {
  const { credentials } = readKubeconfig(kubeconfig)
  if (!('token' in credentials)) throw new Error(`no token in ${kubeconfig}`)
  const [, claims = ''] = credentials.token.split('.')
  return `JTI=${JSON.parse(Buffer.from(claims, 'base64url').toString()).jti}`
}

/** Without waiting until the lease of a killed one has run out. */
export async function forgetLease({ de }: Platform): Promise<void> {
  await de.plane.kubectl(['delete', 'lease', 'platen-operator', '-n', NAMESPACE])
}
