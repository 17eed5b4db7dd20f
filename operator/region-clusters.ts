import { hash } from 'node:crypto'
import { ApiError, isUnreachable } from './cluster/errors.ts'
import type { ClusterLink } from './cluster-link.ts'
import type { Clock } from './queue/clock.ts'
import type { Target } from './reconcile/apply.ts'
import type { RegionRuntime } from './reconcile/region/runtime.ts'
import type { Connected } from './reconcile/region/scope.ts'
import type { Region } from './resources/region.ts'
import { decode, refOfSecret, type Secret } from './secrets/secret.ts'

export interface RegionClustersOptions {
  management: ClusterLink
  /** The operator's own, where the kubeconfigs are. */
  namespace: string
  clock: Pick<Clock, 'now'>
  /** Throws a sentence when the kubeconfig cannot be used. */
  open(region: string, kubeconfig: string): ClusterLink
}

interface Known {
  runtime: RegionRuntime
  link: ClusterLink
  /** Of the kubeconfig; absent: the management cluster. */
  content?: string
  /** Whether it is the cluster that the Region was in from the beginning; asked whenever it was away. */
  identity: 'unknown' | 'same' | 'other'
}

type Problem = Exclude<Connected, { kind: 'connected' }>

/** The clusters of the regions: opened when a Region asks for them first, and anew when its kubeconfig changes. */
export class RegionClusters implements AsyncDisposable {
  readonly #options: RegionClustersOptions
  readonly #known = new Map<string, Known>()

  constructor(options: RegionClustersOptions) {
    this.#options = options
  }

  runtimeOf(region: string): RegionRuntime | undefined {
    return this.#known.get(region)?.runtime
  }

  linkOf(region: string): ClusterLink | undefined {
    return this.#known.get(region)?.link
  }

  /** Regions whose cluster this is. */
  regionsIn(link: ClusterLink): string[] {
    return [...this.#known].flatMap(([region, known]) => (known.link === link ? [region] : []))
  }

  *targets(): Iterable<[string, Target]> {
    for (const [region, { runtime, identity }] of this.#known) {
      if (identity !== 'other') yield [region, runtime.target]
    }
  }

  async connect(region: Region, signal: AbortSignal): Promise<Connected> {
    const opened = await this.#open(region, signal)
    return 'link' in opened ? await answer(region, opened, signal) : opened
  }

  /** It was away: another one may answer at its address by now. */
  doubt(region: string): void {
    const known = this.#known.get(region)
    if (!known) return
    known.identity = 'unknown'
    known.runtime.since = this.#options.clock.now()
  }

  async disconnect(region: string): Promise<void> {
    const known = this.#known.get(region)
    this.#known.delete(region)
    if (known?.content !== undefined) await known.link[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#known.keys()].map(region => this.disconnect(region)))
  }

  async #open(region: Region, signal: AbortSignal): Promise<Known | Problem> {
    const { name } = region.metadata
    const ref = region.spec.cluster?.kubeconfigSecretRef
    if (!ref) return await this.#here(name)
    const text = await this.#kubeconfig(ref.name, ref.key ?? 'kubeconfig', signal)
    if (typeof text !== 'string') {
      const message = `cannot connect to the cluster of Region ${name}: ${text.missing}`
      return { kind: 'missing', message }
    }
    const content = hash('sha256', text)
    const known = this.#known.get(name)
    if (known?.content === content) return known
    // A connection that works is kept until the new kubeconfig is known to be usable.
    try {
      const link = this.#options.open(name, text)
      return await this.#adopt(name, link, content)
    } catch (error) {
      return { kind: 'invalid', message: error instanceof Error ? error.message : String(error) }
    }
  }

  async #here(name: string): Promise<Known | Problem> {
    const { management } = this.#options
    const known = this.#known.get(name)
    if (known?.link === management) return known
    if (management.holdsRegions) return await this.#adopt(name, management)
    const message = `cannot make Region ${name} in the management cluster, which holds no regions (PLATEN_HOLDS_REGIONS); delete it, and make it again with spec.cluster`
    return { kind: 'refused', message }
  }

  async #adopt(region: string, link: ClusterLink, content?: string): Promise<Known> {
    await this.disconnect(region)
    const runtime: RegionRuntime = {
      target: link.target,
      places: link.places,
      since: this.#options.clock.now(),
      isReachable: () => link.isUp(),
      isKnown: () => link.isKnown() && adopted.identity === 'same',
      memories: new Map(),
      seenAddresses: new Map(),
    }
    const adopted: Known = {
      runtime,
      link,
      ...(content !== undefined && { content }),
      identity: 'unknown',
    }
    this.#known.set(region, adopted)
    return adopted
  }

  async #kubeconfig(
    name: string,
    key: string,
    signal: AbortSignal,
  ): Promise<string | { missing: string }> {
    const { management, namespace } = this.#options
    const secret = await management.connection.get(refOfSecret(namespace, name), { signal })
    const advice = `create it with the key ${key}`
    if (!secret) return { missing: `Secret ${namespace}/${name} does not exist; ${advice}` }
    const text = decode(secret as Secret)[key]
    return text || { missing: `Secret ${namespace}/${name} has no key ${key}; add it` }
  }
}

async function answer(region: Region, known: Known, signal: AbortSignal): Promise<Connected> {
  const { name } = region.metadata
  const { link, runtime } = known
  if (!link.isUp()) return unreachable(name)
  const asked = await identify(link, signal)
  if (asked instanceof ApiError) return unwatched(name, asked)
  const before = region.status?.clusterId ?? asked
  known.identity = asked === before ? 'same' : 'other'
  if (known.identity === 'other') return { kind: 'other', message: isAnother(region) }
  const trouble = link.trouble()
  if (trouble) return unwatched(name, trouble.error)
  if (link.cache.synced) return { kind: 'connected', runtime, clusterId: asked }
  return { kind: 'syncing', message: `getting to know what is in the cluster of Region ${name}` }
}

const KUBE_SYSTEM = { apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' }

/** A cluster has no name of its own; that namespace is made with it, and is never made again. */
async function identify({ connection }: ClusterLink, signal: AbortSignal) {
  try {
    const namespace = await connection.get(KUBE_SYSTEM, { signal })
    if (namespace?.metadata.uid !== undefined) return namespace.metadata.uid
    return new ApiError('cannot get Namespace kube-system: it does not exist', {
      reason: 'Unknown',
    })
  } catch (error) {
    if (error instanceof ApiError && !signal.aborted) return error
    throw error
  }
}

function unreachable(name: string): Problem {
  const message = `the cluster of Region ${name} does not answer; it is asked again all the time`
  return { kind: 'unreachable', message }
}

/** What the API server says names the kind; what the network says would name addresses. */
function unwatched(name: string, error: ApiError): Problem {
  if (isUnreachable(error)) return unreachable(name)
  const message = `cannot look after the cluster of Region ${name}: ${error.message}; where a right is missing, give the operator's account the rights of the chart platen-operator there`
  return { kind: 'unwatched', message }
}

function isAnother({ metadata: { name }, spec }: Region): string {
  const ref = spec.cluster?.kubeconfigSecretRef.name
  const why =
    ref === undefined ? 'the management cluster is' : `the kubeconfig in Secret ${ref} leads to`
  const advice =
    ref === undefined ? 'work in the cluster where it was made' : 'put one for its cluster there'
  return `cannot go on with Region ${name}: ${why} another cluster than the one that its data is in; ${advice}, or, when the data was moved to this one, remove status.clusterId of the Region`
}
