import { regionAdmission } from '../../residency/admission.ts'
import { applyAll } from '../apply.ts'
import { done, type Outcome } from '../outcome.ts'
import type { PlacedScope } from './scope.ts'

/** What the cluster's API server itself refuses in the namespaces of the region's tenants. */
export async function admission(s: PlacedScope): Promise<Outcome> {
  s.runtime.userName ??= await ownName(s)
  await applyAll(s.target, regionAdmission(s.region, s.runtime.userName), s.signal)
  return done
}

/** Who the operator is in that cluster: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#self-subject-review */
async function ownName({ target, signal }: PlacedScope): Promise<string> {
  const review = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'SelfSubjectReview',
    metadata: { name: '' },
  }
  const answer = await target.cluster.create(review, { signal })
  const { userInfo } = (answer?.status ?? {}) as { userInfo?: { username?: string } }
  if (userInfo?.username === undefined)
    throw new Error('cannot tell who the operator is: no answer')
  return userInfo.username
}
