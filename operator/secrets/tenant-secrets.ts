import type { Cluster } from '../cluster/cluster.ts'
import type { Cache } from '../cluster/observed.ts'
import type { Authority } from './authority.ts'
import { type Copy, ensureCopy } from './copies.ts'
import { type Ensured, ensureSecret, type SecretScope } from './ensure-secret.ts'
import { readRotation, refuseUnknown } from './rotation.ts'
import { refOfSecret } from './secret.ts'
import { tenantPlans } from './tenant-plans.ts'

const TLS = 'tls'

export interface TenantSecretsInput {
  cluster: Cluster
  cache: Pick<Cache, 'get'>
  namespace: string
  /** Of every Secret: the cache sees only what carries them. */
  labels: Record<string, string>
  /** The tenant's one DNS name. */
  host: string
  now: Date
  /** The Tenant's annotation `platen.dev/rotate` as it stands. */
  rotate: string | undefined
  /** Signs the Secret `tls`; absent: cert-manager makes it. */
  authority?: Authority
  /** Pull secrets and backup credentials of the region. */
  copies: readonly Copy[]
}

export interface SecretsResult {
  /** By name of the Secret. A revision changes with the content, and pods that use it carry it. */
  revisions: Record<string, string>
  /** When to look again. */
  nextChangeAt?: Date
  /** Names of the Secrets that were written, and why; for events. */
  changes: { name: string; change: NonNullable<Ensured['change']> }[]
  /** What cannot be used or done until somebody changes something, a sentence each. The rest was done. */
  refusals: string[]
}

/**
 * Makes every Secret of a tenant that is missing, and makes anew what is asked for or due. Where nothing is to do, no
 * call is made. Each write is complete in itself: whatever is killed when, the next run goes on.
 *
 * A Secret that vanished is made anew: prepare sets the passwords of the roles at the database, whose own image sets
 * its owner's from `database-owner` at each start (CloudNativePG does so by itself), and the revision restarts them.
 */
export async function ensureTenantSecrets(
  input: TenantSecretsInput,
  signal: AbortSignal,
): Promise<SecretsResult> {
  const plans = tenantPlans(input)
  const names = plans.map(({ name }) => name)
  const rotation = readRotation(input.rotate, names)
  const scope: SecretScope = { ...input, rotation }
  const done: Ensured[] = []
  for (const plan of plans) done.push(await ensureSecret(plan, scope, signal))
  for (const copy of input.copies) done.push(await ensureCopy(copy, scope, signal))
  if (!input.authority) done.push(...foreignCertificate(input))
  return summarize(done, refuseUnknown(rotation, names))
}

/** cert-manager's: its content is what stands for a revision. */
function foreignCertificate({ cache, namespace }: TenantSecretsInput): Ensured[] {
  const facts = cache.get(refOfSecret(namespace, TLS))?.facts
  return facts?.kind === 'secret' ? [{ name: TLS, revision: facts.content.slice(0, 16) }] : []
}

export function summarize(done: Ensured[], refusal: string | undefined): SecretsResult {
  const revisions: Record<string, string> = {}
  const changes: SecretsResult['changes'] = []
  for (const { name, revision, change } of done) {
    if (revision !== undefined) revisions[name] = revision
    if (change !== undefined) changes.push({ name, change })
  }
  const [nextChangeAt] = done.flatMap(({ changeAt }) => changeAt ?? []).sort((a, b) => +a - +b)
  const refusals = [...done.map(item => item.refusal), refusal].filter(text => text !== undefined)
  return { revisions, ...(nextChangeAt && { nextChangeAt }), changes, refusals }
}
