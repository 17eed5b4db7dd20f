import { ANNOTATIONS } from '../../names.ts'
import { ensureRegionAuthority, type RegionAuthorityInput } from '../../secrets/region-authority.ts'
import { newestOf } from '../apply.ts'
import { done, type Outcome, refused } from '../outcome.ts'
import { lookAgain } from '../outcomes.ts'
import type { PlacedScope } from './scope.ts'

const CONDITION = 'CertificatesReady'

/** The region's own certificate authority, and the key that signs the residency ledgers. */
export async function authority(s: PlacedScope): Promise<Outcome> {
  const result = await ensureRegionAuthority(authorityInput(s), s.signal)
  const anew = result.changes.filter(({ change }) => change !== 'made')
  if (anew.length > 0) {
    const list = anew.map(({ name, change }) => `${name} (${change})`).join(', ')
    s.report.normal('SecretsMade', `Secrets were written: ${list}`)
  }
  if (result.nextChangeAt) lookAgain(s, result.nextChangeAt)
  if (!result.authority) return refused(CONDITION, 'Invalid', result.refusals.join('; '))
  s.next.authority = result.authority
  s.status.ledgerKeys = result.authority.ledgerKeys
  publish(s, result.authority.certificates?.bundle)
  if (result.refusals.length > 0) return refused(CONDITION, 'Invalid', result.refusals.join('; '))
  s.conditions.set(CONDITION, 'True', { reason: 'Ready' })
  return done
}

export function authorityInput(s: PlacedScope): RegionAuthorityInput {
  const { metadata, spec } = s.region
  const known = s.next.authority
  return {
    cluster: s.target.cluster,
    cache: { get: ref => newestOf(s.target, ref) },
    namespace: s.namespace,
    labels: s.labels,
    name: metadata.name,
    domain: spec.domain,
    now: s.now,
    rotate: metadata.annotations?.[ANNOTATIONS.rotate],
    ownCertificates: spec.certificates?.issuerRef === undefined,
    ledgerKeys: s.status.ledgerKeys ?? [],
    ...(known && { known }),
  }
}

function publish({ status }: PlacedScope, bundle: string | undefined): void {
  if (bundle === undefined) delete status.certificateAuthority
  else status.certificateAuthority = bundle
}
