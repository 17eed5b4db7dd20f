import { ANNOTATIONS, tenantHost } from '../../names.ts'
import { labelsOf } from '../../render/index.ts'
import { ensureTenantSecrets, type SecretsResult } from '../../secrets/tenant-secrets.ts'
import { newestOf } from '../apply.ts'
import { done, type Outcome, refused, waitFor } from '../outcome.ts'
import { lookAgain } from '../outcomes.ts'
import { inputOf } from './input.ts'
import type { StackScope } from './scope.ts'

const CONDITION = 'CertificatesReady'

/** Passwords, keys, the certificate and the copies of the region's credentials. Made once, never by accident again. */
export async function secrets(s: StackScope): Promise<Outcome> {
  const { context } = s
  const { metadata } = s.tenant
  const rotate = metadata.annotations?.[ANNOTATIONS.rotate]
  const authority = context.authority.certificates
  const result = await ensureTenantSecrets(
    {
      cluster: s.target.cluster,
      cache: { get: ref => newestOf(s.target, ref) },
      namespace: s.namespace,
      labels: labelsOf(inputOf(s)),
      host: tenantHost(metadata.name, s.region.spec.domain),
      now: s.now,
      rotate,
      ...(authority && { authority }),
      copies: context.copies,
    },
    s.signal,
  )
  s.secrets = result.revisions
  tell(s, result)
  if (result.nextChangeAt) lookAgain(s, result.nextChangeAt)
  if (result.refusals.length > 0) return refused(CONDITION, 'Invalid', result.refusals.join('; '))
  if (rotate !== undefined) s.status.handledRotation = rotate
  return certificate(s)
}

/** At the first installation all are made; later on, somebody deleted one. */
function tell(s: StackScope, { changes }: SecretsResult): void {
  const hasRun = s.status.version !== undefined
  const anew = changes.filter(({ change }) => change !== 'made' || hasRun)
  if (anew.length === 0) return
  const list = anew.map(({ name, change }) => `${name} (${change})`).join(', ')
  s.report.normal('SecretsMade', `Secrets were written: ${list}`)
}

function certificate(s: StackScope): Outcome {
  if (s.secrets.tls === undefined) {
    return waitFor(
      CONDITION,
      'Waiting',
      "waiting for cert-manager to write the Secret tls; see the Certificate's events",
    )
  }
  s.conditions.set(CONDITION, 'True', { reason: 'Ready' })
  return done
}
