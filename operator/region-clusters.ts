import { hash } from 'node:crypto'
import type { Cluster } from './cluster/cluster.ts'
import type { ClusterLink } from './cluster-link.ts'
import type { Target } from './reconcile/apply.ts'
import type { RegionRuntime } from './reconcile/region/runtime.ts'
import type { Connected } from './reconcile/region/scope.ts'
import type { Region } from './resources/region.ts'
import { decode, refOfSecret, type Secret } from './secrets/secret.ts'

export interface RegionClustersOptions {
  management: ClusterLink
  /** The operator's own, where the kubeconfigs are. */
  namespace: string
  /** Throws a sentence when the kubeconfig cannot be used. */
  open(region: string, kubeconfig: string): ClusterLink
}

interface Known {
  runtime: RegionRuntime
  link: ClusterLink
  /** Of the kubeconfig; absent: the management cluster. */
  content?: string
}

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
    for (const [region, { runtime }] of this.#known) yield [region, runtime.target]
  }

  async connect(region: Region, signal: AbortSignal): Promise<Connected> {
    const { name } = region.metadata
    const ref = region.spec.cluster?.kubeconfigSecretRef
    if (!ref) return this.#here(name)
    const text = await this.#kubeconfig(ref.name, ref.key ?? 'kubeconfig', signal)
    if (typeof text !== 'string') {
      const message = `cannot connect to the cluster of Region ${name}: ${text.missing}`
      return { kind: 'missing', message }
    }
    const content = hash('sha256', text)
    const known = this.#known.get(name)
    if (known?.content === content) return this.#answer(name, known)
    // A connection that works is kept until the new kubeconfig is known to be usable.
    try {
      const link = this.#options.open(name, text)
      await known?.link[Symbol.asyncDispose]()
      return this.#answer(name, this.#adopt(name, link, content))
    } catch (error) {
      return { kind: 'invalid', message: error instanceof Error ? error.message : String(error) }
    }
  }

  #here(name: string): Connected {
    const { management } = this.#options
    if (management.holdsRegions) return this.#answer(name, this.#adopt(name, management))
    const message = `cannot make Region ${name} in the management cluster, which holds no regions (PLATEN_HOLDS_REGIONS); delete it, and make it again with spec.cluster`
    return { kind: 'refused', message }
  }

  async disconnect(region: string): Promise<void> {
    const known = this.#known.get(region)
    this.#known.delete(region)
    if (known?.content !== undefined) await known.link[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#known.keys()].map(region => this.disconnect(region)))
  }

  #adopt(region: string, link: ClusterLink, content?: string): Known {
    const known = this.#known.get(region)
    if (known?.link === link) return known
    const runtime: RegionRuntime = {
      target: link.target,
      places: link.places,
      isReachable: () => link.isUp(),
      isKnown: () => link.cache.synced,
      memories: new Map(),
      seenAddresses: new Map(),
    }
    const adopted = { runtime, link, ...(content !== undefined && { content }) }
    this.#known.set(region, adopted)
    return adopted
  }

  #answer(name: string, { runtime, link }: Known): Connected {
    if (!link.isUp()) {
      const message = `the cluster of Region ${name} does not answer; it is asked again all the time`
      return { kind: 'unreachable', message }
    }
    if (link.cache.synced) return { kind: 'connected', runtime }
    return { kind: 'syncing', message: `getting to know what is in the cluster of Region ${name}` }
  }

  async #kubeconfig(
    name: string,
    key: string,
    signal: AbortSignal,
  ): Promise<string | { missing: string }> {
    const { management, namespace } = this.#options
    const cluster: Cluster = management.connection
    const secret = await cluster.get(refOfSecret(namespace, name), { signal })
    const advice = `create it with the key ${key}`
    if (!secret) return { missing: `Secret ${namespace}/${name} does not exist; ${advice}` }
    const text = decode(secret as Secret)[key]
    return text || { missing: `Secret ${namespace}/${name} has no key ${key}; add it` }
  }
}
