import { refOf } from '../../cluster/object.ts'
import { applyAll } from '../apply.ts'
import { done, type Outcome } from '../outcome.ts'
import { missingKind } from './missing-kind.ts'
import { withRoom } from './quota.ts'
import type { StackScope } from './scope.ts'

const CERT_MANAGER = { condition: 'CertificatesReady', install: 'cert-manager' }

/** Quotas, network policies, service accounts, configuration. */
export async function foundation(s: StackScope): Promise<Outcome> {
  const objects = await withRoom(s)
  const certificate = objects.find(({ kind }) => kind === 'Certificate')
  const missing = certificate && (await missingKind(s, refOf(certificate), CERT_MANAGER))
  await applyAll(s.target, missing ? objects.filter(one => one !== certificate) : objects, s.signal)
  return missing ?? done
}
