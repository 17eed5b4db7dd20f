import { createHash } from 'node:crypto'
import type { Cluster } from '../cluster/cluster.ts'
import { digestOf } from '../cluster/digest.ts'
import { type KubernetesObject, nameOf } from '../cluster/object.ts'
import type { Observed } from '../cluster/observed.ts'
import { ANNOTATIONS, BACKUP_KEYS } from '../names.ts'
import type { Ensured, SecretScope } from './ensure-secret.ts'
import { refOfSecret, type Secret } from './secret.ts'
import { tenantSecretNames } from './tenant-plans.ts'

/** A Secret of the region as every tenant gets it. */
export interface Copy {
  /** In the tenant's namespace. */
  name: string
  type: string
  /** Base64. */
  data: Record<string, string>
  /** Changes with the original, and with what the copies have besides. */
  revision: string
}

/** A Secret in the region's namespace, and the name of its copies. */
export interface Credential {
  source: string
  name: string
  /** What the copies have besides, base64. */
  besides?: Record<string, string>
}

/** Name of the copies of what `spec.backup.credentialsSecretRef` names. */
export const BACKUP_CREDENTIALS = 'backup-credentials'

/** What a Region refers to. Pull secrets keep their names. */
export function credentialsOf(spec: {
  backup?: { credentialsSecretRef: { name: string }; location: string }
  images: { pullSecretRefs?: { name: string }[] }
}): Credential[] {
  const pull = (spec.images.pullSecretRefs ?? []).map(({ name }) => ({ source: name, name }))
  if (!spec.backup) return pull
  const { credentialsSecretRef, location } = spec.backup
  // CloudNativePG reads the location to sign for from a Secret only.
  const besides = { [BACKUP_KEYS.region]: Buffer.from(location).toString('base64') }
  return [{ source: credentialsSecretRef.name, name: BACKUP_CREDENTIALS, besides }, ...pull]
}

/** Reads the region's Secrets that tenants get copies of; what is missing is told, and the rest is there. */
export async function readCopies(
  { cluster, namespace }: { cluster: Pick<Cluster, 'get'>; namespace: string },
  credentials: readonly Credential[],
  signal: AbortSignal,
): Promise<{ copies: Copy[]; refusals: string[] }> {
  const copies: Copy[] = []
  const refusals: string[] = []
  // A pull secret may not have the name of the copies of another one.
  const taken = new Set(tenantSecretNames)
  for (const { source, name, besides } of credentials) {
    const ref = refOfSecret(namespace, source)
    const secret = (await cluster.get(ref, { signal })) as Secret | undefined
    const refusal = taken.has(name) ? refuseName(nameOf(ref)) : refuse(nameOf(ref), secret)
    taken.add(name)
    if (refusal !== undefined) refusals.push(refusal)
    else if (secret) copies.push(copyOf(name, secret, besides))
  }
  return { copies, refusals }
}

function refuseName(source: string): string {
  return `cannot copy ${source}: tenants have a Secret of their own of that name; give it another name`
}

function refuse(source: string, secret: Secret | undefined): string | undefined {
  if (secret) return undefined
  return `cannot copy ${source}: it does not exist; create it in the region's cluster`
}

function copyOf(
  name: string,
  { type, data = {}, metadata: { uid, resourceVersion } }: Secret,
  besides?: Record<string, string>,
): Copy {
  const original = besides
    ? `${uid}/${resourceVersion}/${JSON.stringify(besides)}`
    : `${uid}/${resourceVersion}`
  const revision = createHash('sha256').update(original).digest('hex')
  return { name, type, data: { ...data, ...besides }, revision: revision.slice(0, 16) }
}

export async function ensureCopy(
  { name, type, data, revision }: Copy,
  { cluster, cache, namespace, labels }: SecretScope,
  signal: AbortSignal,
): Promise<Ensured> {
  const observed = cache.get(refOfSecret(namespace, name))
  const annotations = { [ANNOTATIONS.revision]: revision }
  const metadata = { name, namespace, labels, annotations }
  const copy = { apiVersion: 'v1', kind: 'Secret', metadata, type, data }
  if (observed && isSame(copy, observed)) return { name, revision }
  await cluster.apply(copy, { signal })
  return { name, revision, change: observed ? 'outdated' : 'made' }
}

/** Where the cache has seen the values, an edit by hand shows too. */
function isSame(copy: KubernetesObject, { annotations, digest, facts }: Observed): boolean {
  const revision = copy.metadata.annotations?.[ANNOTATIONS.revision]
  if (annotations[ANNOTATIONS.revision] !== revision) return false
  return facts.kind !== 'secret' || digest === digestOf(copy)
}
