import type { KubernetesObject } from '../cluster/object.ts'
import type { TenantInput } from './input.ts'
import { owned } from './owned.ts'
import type { Account } from './pods.ts'

const ACCOUNTS: Account[] = ['ingest', 'api', 'database', 'jobs']

/**
 * Without rights and without tokens. Pull secrets stand here rather than in the pods: a change restarts nothing, and
 * CloudNativePG's pods, which use the account `database`, have them too. (It mounts the token that it needs by itself.)
 */
export function serviceAccounts(input: TenantInput): KubernetesObject[] {
  const { pullSecretRefs } = input.region.spec.images
  const imagePullSecrets = pullSecretRefs?.map(({ name }) => ({ name }))
  return ACCOUNTS.map(name =>
    owned(
      input,
      { apiVersion: 'v1', kind: 'ServiceAccount', name },
      { automountServiceAccountToken: false, ...(imagePullSecrets && { imagePullSecrets }) },
    ),
  )
}
