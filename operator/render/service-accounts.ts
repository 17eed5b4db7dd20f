import type { KubernetesObject } from '../cluster/object.ts'
import { isCloudNativePg } from './database-address.ts'
import type { TenantInput } from './input.ts'
import { owned } from './owned.ts'
import type { Account } from './pods.ts'

const ACCOUNTS: Account[] = ['ingest', 'api', 'database', 'jobs']

/**
 * Without rights and without tokens, but for `database` of CloudNativePG's: its pods ask the API server with the token of the
 * account, to which CloudNativePG binds a role of its own. Pull secrets stand here rather than in the pods: a change
 * restarts nothing, and CloudNativePG's pods have them too.
 */
export function serviceAccounts(input: TenantInput): KubernetesObject[] {
  const { pullSecretRefs } = input.region.spec.images
  const imagePullSecrets = pullSecretRefs?.map(({ name }) => ({ name }))
  return ACCOUNTS.map(name => {
    const asks = name === 'database' && isCloudNativePg(input)
    return owned(
      input,
      { apiVersion: 'v1', kind: 'ServiceAccount', name },
      {
        ...(!asks && { automountServiceAccountToken: false }),
        ...(imagePullSecrets && { imagePullSecrets }),
      },
    )
  })
}
