import { randomBytes } from 'node:crypto'
import type { Cluster } from '../cluster/cluster.ts'
import { isConflict } from '../cluster/errors.ts'
import { nameOf, type ObjectMeta, refOf } from '../cluster/object.ts'
import type { Cache, Observed } from '../cluster/observed.ts'
import { ANNOTATIONS } from '../names.ts'
import type { Rotation } from './rotation.ts'
import {
  type Data,
  decode,
  encode,
  keysOf,
  refOfSecret,
  SECRET_ANNOTATIONS,
  type Secret,
  type Shape,
  wrongShape,
} from './secret.ts'

/** A Secret that the operator makes once, and anew only where asked or due. */
export interface SecretPlan extends Shape {
  labels?: Record<string, string>
  make(): Promise<Content>
  /** From what is there; absent: made like the first one. */
  renew?(before: Data, cause: Cause): Promise<Content>
  /** Why a Secret that somebody else made is refused, and what to do; undefined: it is adopted as it is. */
  refusesForeign?(found: Data): string | undefined
  /** Whether the annotations tell that the content does not fit any more. */
  outdated?(annotations: Record<string, string>): boolean
}

export interface Content {
  data: Data
  annotations?: Record<string, string>
  /** When it has to change by itself. */
  changeAt?: Date
}

/** Somebody asked for it; its time has come; it does not fit any more. */
export type Cause = 'rotated' | 'due' | 'outdated'

export interface SecretScope {
  cluster: Cluster
  cache: Pick<Cache, 'get'>
  namespace: string
  /** Of every Secret made: they let the cache see it. */
  labels: Record<string, string>
  now: Date
  rotation: Rotation
}

export interface Ensured {
  name: string
  /** Absent with a refusal. */
  revision?: string
  changeAt?: Date
  /** What was done; absent: nothing. */
  change?: 'made' | 'adopted' | Cause
  /** Why the Secret cannot be used, and what to do. */
  refusal?: string
  /** The Secret, where it was read or written. */
  secret?: Secret
}

const ATTEMPTS = 3

/**
 * Makes the Secret, or makes it anew where that is asked for or due, with one write. Where nothing is to do, the cache
 * tells so, and no call is made. What is there already is kept, whoever made it; what cannot be used is refused.
 */
export async function ensureSecret(
  plan: SecretPlan,
  scope: SecretScope,
  signal: AbortSignal,
): Promise<Ensured> {
  const observed = scope.cache.get(refOfSecret(scope.namespace, plan.name))
  if (observed && !needsCall(plan, scope, observed)) return settled(plan, scope, observed)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = await findOrCreate(plan, scope, signal)
    if (found?.kind === 'created') return found.ensured
    const updated = found && (await update(plan, scope, found.secret, signal))
    if (updated) return updated
  }
  const secret = nameOf(refOfSecret(scope.namespace, plan.name))
  throw new Error(`cannot make ${secret}: somebody else changes it all the time`)
}

function needsCall(plan: SecretPlan, scope: SecretScope, { annotations }: Observed): boolean {
  return (
    annotations[ANNOTATIONS.revision] === undefined ||
    causeOf(plan, scope, annotations) !== undefined
  )
}

function settled(plan: SecretPlan, scope: SecretScope, { annotations, facts }: Observed): Ensured {
  const refusal =
    facts.kind === 'secret' ? wrongShape(plan, { ...facts, namespace: scope.namespace }) : undefined
  return refusal === undefined ? ensured(plan.name, annotations) : { name: plan.name, refusal }
}

function causeOf(
  plan: SecretPlan,
  { rotation, now }: SecretScope,
  annotations: Record<string, string>,
): Cause | undefined {
  const isAsked = rotation.id !== undefined && rotation.wants(plan.name)
  if (isAsked && annotations[SECRET_ANNOTATIONS.rotation] !== rotation.id) return 'rotated'
  if (plan.outdated?.(annotations)) return 'outdated'
  const changeAt = readTime(annotations)
  return changeAt && changeAt <= now ? 'due' : undefined
}

type Found = { kind: 'created'; ensured: Ensured } | { kind: 'found'; secret: Secret } | undefined

/** Undefined: it was there, and went before it could be read. */
async function findOrCreate(
  plan: SecretPlan,
  scope: SecretScope,
  signal: AbortSignal,
): Promise<Found> {
  const ref = refOfSecret(scope.namespace, plan.name)
  if (!scope.cache.get(ref)) {
    const ensured = await create(plan, scope, signal)
    if (ensured) return { kind: 'created', ensured }
  }
  const secret = await scope.cluster.get(ref, { signal })
  if (secret) return { kind: 'found', secret: secret as Secret }
  const ensured = await create(plan, scope, signal)
  return ensured && { kind: 'created', ensured }
}

/** Undefined: somebody was faster. */
async function create(
  plan: SecretPlan,
  scope: SecretScope,
  signal: AbortSignal,
): Promise<Ensured | undefined> {
  const content = await plan.make()
  const metadata = {
    name: plan.name,
    namespace: scope.namespace,
    labels: { ...scope.labels, ...plan.labels },
    annotations: annotationsOf(content, scope.rotation),
  }
  const secret = secretOf(plan, content, metadata)
  const stored = await scope.cluster.create(secret, { signal })
  return stored && { ...ensured(plan.name, metadata.annotations), change: 'made', secret }
}

/** Undefined: somebody was faster. */
async function update(
  plan: SecretPlan,
  scope: SecretScope,
  secret: Secret,
  signal: AbortSignal,
): Promise<Ensured | undefined> {
  const { name } = plan
  const found = { namespace: scope.namespace, type: secret.type, keys: keysOf(secret) }
  const { annotations = {} } = secret.metadata
  const refusal = wrongShape(plan, found) ?? refuseForeign(plan, secret)
  if (refusal !== undefined) return { name, refusal }
  const cause = causeOf(plan, scope, annotations)
  if (cause === undefined && isOurs(plan, scope, secret)) {
    return { ...ensured(name, annotations), secret }
  }
  const content = cause && (await renew(plan, secret, cause))
  const next = merge(plan, scope, secret, content)
  if (!(await replace(scope.cluster, next, signal))) return undefined
  const change = cause ?? 'adopted'
  return { ...ensured(name, next.metadata.annotations ?? {}), change, secret: next }
}

function renew(plan: SecretPlan, secret: Secret, cause: Cause): Promise<Content> {
  return plan.renew ? plan.renew(decode(secret), cause) : plan.make()
}

async function replace(cluster: Cluster, secret: Secret, signal: AbortSignal): Promise<boolean> {
  try {
    await cluster.replace(secret, { signal })
    return true
  } catch (error) {
    if (isConflict(error)) return false
    throw error
  }
}

function refuseForeign(plan: SecretPlan, secret: Secret): string | undefined {
  if (secret.metadata.annotations?.[ANNOTATIONS.revision] !== undefined) return undefined
  const refusal = plan.refusesForeign?.(decode(secret))
  return refusal && `cannot use ${nameOf(refOf(secret))}: ${refusal}`
}

/** A Secret of ours that lost its labels would be invisible to the cache. */
function isOurs(plan: SecretPlan, scope: SecretScope, { metadata }: Secret): boolean {
  const { labels = {}, annotations = {} } = metadata
  const wanted = Object.entries({ ...scope.labels, ...plan.labels })
  const isLabelled = wanted.every(([key, value]) => labels[key] === value)
  return isLabelled && annotations[ANNOTATIONS.revision] !== undefined
}

/** The resource version stays: whoever was faster wins. No content: only labels and annotations are added. */
function merge(
  plan: SecretPlan,
  scope: SecretScope,
  { metadata, ...rest }: Secret,
  content: Content | undefined,
): Secret {
  const { [SECRET_ANNOTATIONS.changeAt]: _, ...kept } = metadata.annotations ?? {}
  const annotations = content
    ? { ...kept, ...annotationsOf(content, scope.rotation) }
    : { [ANNOTATIONS.revision]: makeRevision(), ...metadata.annotations }
  const labels = { ...metadata.labels, ...scope.labels, ...plan.labels }
  const { managedFields: _fields, ...identity } = metadata
  const next = { ...rest, metadata: { ...identity, labels, annotations } } as Secret
  return content ? { ...next, data: encode(content.data) } : next
}

function secretOf({ type }: SecretPlan, { data }: Content, metadata: ObjectMeta): Secret {
  return { apiVersion: 'v1', kind: 'Secret', metadata, type, data: encode(data) }
}

function annotationsOf(content: Content, { id }: Rotation): Record<string, string> {
  return {
    ...content.annotations,
    [ANNOTATIONS.revision]: makeRevision(),
    ...(id !== undefined && { [SECRET_ANNOTATIONS.rotation]: id }),
    ...(content.changeAt && { [SECRET_ANNOTATIONS.changeAt]: content.changeAt.toISOString() }),
  }
}

/** Says nothing about the content. */
function makeRevision(): string {
  return randomBytes(8).toString('hex')
}

function ensured(name: string, annotations: Record<string, string>): Ensured {
  const revision = annotations[ANNOTATIONS.revision]
  const changeAt = readTime(annotations)
  return { name, ...(revision !== undefined && { revision }), ...(changeAt && { changeAt }) }
}

/** A time that nobody can read has come. */
function readTime(annotations: Record<string, string>): Date | undefined {
  const text = annotations[SECRET_ANNOTATIONS.changeAt]
  if (text === undefined) return undefined
  const time = Date.parse(text)
  return new Date(Number.isNaN(time) ? 0 : time)
}
