import type { Logger } from '@platen/telemetry'
import type { Observed } from './cluster/observed.ts'
import type { Change } from './cluster/store.ts'
import type { ClusterLink } from './cluster-link.ts'
import { ownerOf, parseKey, regionKey, tenantKey, urgencyOf } from './keys.ts'
import type { OperatorMetrics } from './metrics.ts'
import { jittered } from './queue/backoff.ts'
import { type Breaker, createBreaker } from './queue/breaker.ts'
import type { Clock } from './queue/clock.ts'
import { type Work, WorkQueue, type WorkResult } from './queue/work-queue.ts'
import { routeOf } from './reconcile/region/routes.ts'
import type { RegionRuntime } from './reconcile/region/runtime.ts'
import type { Reporter } from './reconcile/report.ts'
import { intentOf, type Resources } from './reconcile/resources.ts'
import { failedNow, freeSlots, limitsOf, movingOf } from './reconcile/rollout.ts'
import type { Resource } from './reconcile/status.ts'
import { regionOf, tenantsOf } from './reconcile/tenant/belonging.ts'
import { RegionClusters } from './region-clusters.ts'
import type { Region } from './resources/region.ts'
import type { Tenant } from './resources/tenant.ts'
import { createWorker } from './workers.ts'

export interface TermOptions {
  management: ClusterLink
  namespace: string
  tenants: Resources<Tenant>
  regions: Resources<Region>
  clock: Clock
  concurrency: number
  metrics: OperatorMetrics
  logger: Logger
  reporterOf(object: Resource): Reporter
  /** Throws a sentence when the kubeconfig cannot be used. */
  open(region: string, kubeconfig: string, term: LinkListener): ClusterLink
}

export interface LinkListener {
  onChange(change: Change<Observed>): void
  onUp(): void
}

/** What tenants were last told of their region. */
interface Told {
  runtime: RegionRuntime | undefined
  digest: string
  routes: ReadonlySet<string> | undefined
}

const RESYNC_MS = 10 * 60_000
/** What happens at the same moment, such as pods of one Deployment, is looked at once. */
const FOLD_MS = 100
const ROUTES_FOLD_MS = 300
/** Of one region, so that a cluster that hangs never takes all turns. */
const REGIONS_SHARE = 0.75
const RATE = { burst: 500, perSecond: 200 }
const BACKOFF = { first: 200, longest: 5 * 60_000 }

/** The work of one replica from the moment that it leads until it no longer does. Nothing in it outlives that. */
export class Term {
  readonly #o: TermOptions
  readonly #stopped = new AbortController()
  readonly #clusters: RegionClusters
  readonly #breaker: Breaker
  readonly #queue: WorkQueue
  readonly #told = new Map<string, Told>()

  constructor(options: TermOptions) {
    this.#o = options
    const { clock, concurrency, management, namespace, tenants, regions } = options
    this.#breaker = createBreaker(clock.now)
    this.#clusters = new RegionClusters({
      management,
      namespace,
      clock,
      open: (region, kubeconfig) => options.open(region, kubeconfig, this.#listener(region)),
    })
    const work = createWorker({
      ...options,
      surroundings: {
        since: clock.now(),
        // Nobody asks what was written to Regions and Tenants: their statuses are remembered elsewhere.
        management: management.cluster,
        tenants,
        regions,
        claims: new Set(),
        runtimeOf: name => this.#clusters.runtimeOf(name),
        targets: () => this.#clusters.targets(),
        connect: (region, signal) => this.#clusters.connect(region, signal),
        disconnect: name => this.#clusters.disconnect(name),
      },
      breaker: this.#breaker,
      signal: this.#stopped.signal,
      downSignal: key => (this.#linkOf(key) ?? management).downSignal(),
    })
    this.#queue = new WorkQueue({
      clock,
      random: Math.random,
      concurrency,
      laneOf: key => this.#regionOf(key) ?? '',
      laneConcurrency: Math.ceil(concurrency * REGIONS_SHARE),
      rate: RATE,
      backoff: BACKOFF,
      work: turn => this.#work(work, turn),
    })
  }

  start(): void {
    for (const { metadata } of this.#o.regions.values())
      this.#queue.add(regionKey(metadata.name), 'resync')
    for (const { metadata } of this.#o.tenants.values())
      this.#queue.add(tenantKey(metadata.name), 'resync')
    this.#queue.start()
  }

  /** Calls into API servers end at once; resolves when nothing is done any more. */
  async stop(): Promise<void> {
    this.#stopped.abort(new Error('the operator stops'))
    await this.#queue.stop()
    await this.#clusters[Symbol.asyncDispose]()
  }

  depth() {
    return this.#queue.depth()
  }

  open(): number {
    return this.#breaker.open()
  }

  /** Of the clusters' objects. */
  onChange(change: Change<Observed>, link: ClusterLink): void {
    const observed = change.type === 'deleted' ? change.before : change.after
    if (observed.facts.kind === 'node') this.#onNode(change, link)
    const key = ownerOf(observed)
    if (key === undefined) return
    const urgency = urgencyOf(change)
    if (urgency === 'edit') this.#queue.add(key, urgency)
    else this.#queue.addAfter(key, FOLD_MS, urgency)
  }

  onUp(link: ClusterLink): void {
    for (const region of this.#clusters.regionsIn(link)) this.#lookAgainAt(region)
  }

  onTenant(change: Change<Tenant>): void {
    const before = change.type === 'added' ? undefined : change.before
    const after = change.type === 'deleted' ? undefined : change.after
    const name = (after ?? before)?.metadata.name ?? ''
    if (isIntended(before, after)) this.#queue.add(tenantKey(name), 'edit')
    else this.#onStatus(tenantKey(name), before, after)
    this.#tellRegions(before, after)
    if (!after) this.#forget(name)
  }

  onRegion(change: Change<Region>): void {
    const before = change.type === 'added' ? undefined : change.before
    const after = change.type === 'deleted' ? undefined : change.after
    const name = (after ?? before)?.metadata.name ?? ''
    if (!isIntended(before, after)) {
      this.#onStatus(regionKey(name), before, after)
      return
    }
    if (before && before.metadata.uid !== after?.metadata.uid) this.#forgetRegion(name)
    this.#queue.add(regionKey(name), 'edit')
    // Those that found no region, or the wrong one, may have one now.
    const isLost = ({ status }: Tenant) =>
      !status?.conditions?.some(({ type, status }) => type === 'Accepted' && status === 'True')
    for (const { metadata } of this.#o.tenants.values().filter(isLost)) {
      this.#queue.add(tenantKey(metadata.name), 'resync')
    }
  }

  #listener(region: string): LinkListener {
    return {
      onChange: change => {
        const link = this.#clusters.linkOf(region)
        if (link) this.onChange(change, link)
      },
      onUp: () => this.#lookAgainAt(region),
    }
  }

  /** The Region's reconcile finds out what its tenants may know, and tells them. */
  #lookAgainAt(region: string): void {
    this.#clusters.doubt(region)
    this.#told.delete(region)
    this.#queue.add(regionKey(region), 'edit')
  }

  /** A status is ours alone. The watch may tell of our own write before the answer to it is here. */
  #onStatus(key: string, before: Resource | undefined, after: Resource | undefined): void {
    if (JSON.stringify(before?.status) === JSON.stringify(after?.status)) return
    const { kind, name } = parseKey(key)
    this.#o.clock.after(FOLD_MS, () => {
      if (!this.#o[kind === 'region' ? 'regions' : 'tenants'].isOurs(name))
        this.#queue.add(key, 'edit')
    })
  }

  async #work(work: (turn: Work) => Promise<WorkResult>, turn: Work): Promise<WorkResult> {
    const { kind, name } = parseKey(turn.key)
    const before = this.#o.tenants.get(name)
    const result = await work(turn)
    if (kind === 'region') this.#tellTenants(name)
    else this.#tellRegions(before, this.#o.tenants.get(name))
    const isThere = this.#o[kind === 'region' ? 'regions' : 'tenants'].get(name) !== undefined
    if (result.kind === 'failed' || !isThere) return result
    const resyncMs = jittered(RESYNC_MS, Math.random())
    return { kind: 'done', afterMs: Math.min(result.afterMs ?? resyncMs, resyncMs) }
  }

  /** After a region's reconcile: tenants look again when something that they depend on is new. */
  #tellTenants(name: string): void {
    const region = this.#o.regions.get(name)
    const runtime = this.#clusters.runtimeOf(name)
    const routes = runtime?.context?.routes
    if (!region || isComing(region, runtime)) return
    const digest = digestOf(region, runtime)
    const before = this.#told.get(name)
    this.#told.set(name, { runtime, digest, routes })
    if (before?.digest !== digest || before.runtime !== runtime) this.#addTenantsOf(name)
    else if (before.routes !== routes) this.#addRerouted(name, before.routes, routes)
  }

  #addRerouted(region: string, before: Told['routes'], after: Told['routes']): void {
    const changed = new Set(before).symmetricDifference(new Set(after))
    if (changed.size === 0) return
    for (const { metadata, status } of tenantsOf(region, this.#o.tenants.values())) {
      if (changed.has(status?.host ?? '')) this.#queue.add(tenantKey(metadata.name), 'resync')
    }
  }

  /** And those that are in no region yet: it may be theirs. */
  #addTenantsOf(region: string): void {
    for (const tenant of this.#o.tenants.values()) {
      if ((regionOf(tenant) ?? region) !== region) continue
      this.#queue.add(tenantKey(tenant.metadata.name), 'resync')
    }
  }

  /** Of what the watch tells, and of what we wrote ourselves: a watch may be silent for a minute or two. */
  #tellRegions(before: Tenant | undefined, after: Tenant | undefined): void {
    for (const region of new Set([before, after].flatMap(one => (one && regionOf(one)) ?? []))) {
      this.#onTenantOf(region, before, after)
    }
  }

  /** The region's edge, its count of tenants and its rollout depend on the tenants. */
  #onTenantOf(name: string, before: Tenant | undefined, after: Tenant | undefined): void {
    const region = this.#o.regions.get(name)
    if (!region) return
    const sees = (tenant: Tenant | undefined) =>
      tenant &&
      JSON.stringify([routeOf(tenant, region), movingOf(tenant, region), regionOf(tenant)])
    if (sees(before) !== sees(after))
      this.#queue.addAfter(regionKey(name), ROUTES_FOLD_MS, 'resync')
    const isMoving = (tenant: Tenant | undefined) => tenant && movingOf(tenant, region).state
    if (isMoving(before) !== isMoving(after)) this.#wakeWaiting(region)
  }

  /** As many of those that wait for their turn as have room now; all of them, to say so, when the rollout has stopped. */
  #wakeWaiting(region: Region): void {
    const tenants = tenantsOf(region.metadata.name, this.#o.tenants.values())
    const all = tenants.map(tenant => movingOf(tenant, region))
    const limits = limitsOf(region)
    const hasStopped = limits.onFailure === 'Pause' && failedNow(all).length > 0
    const slots = hasStopped ? tenants.length : freeSlots(all, limits)
    const waiting = tenants
      .filter(isWaiting)
      .map(({ metadata }) => metadata.name)
      .sort()
    for (const name of waiting.slice(0, slots)) this.#queue.add(tenantKey(name), 'resync')
  }

  /** A node that is in another place now may have tenants' pods on it. */
  #onNode(change: Change<Observed>, link: ClusterLink): void {
    for (const region of this.#clusters.regionsIn(link)) {
      this.#queue.addAfter(regionKey(region), 10 * FOLD_MS, 'resync')
      if (change.type === 'changed') this.#addTenantsOf(region)
    }
  }

  #forget(tenant: string): void {
    this.#breaker.forget(tenantKey(tenant))
    for (const { metadata } of this.#o.regions.values()) {
      this.#clusters.runtimeOf(metadata.name)?.memories.delete(tenant)
    }
  }

  /** What is known of it goes with it: one of the same name may be in another cluster. */
  #forgetRegion(name: string): void {
    this.#told.delete(name)
    void this.#clusters.disconnect(name)
  }

  #regionOf(key: string): string | undefined {
    const { kind, name } = parseKey(key)
    if (kind === 'region') return name
    const tenant = this.#o.tenants.get(name)
    return tenant && regionOf(tenant)
  }

  #linkOf(key: string): ClusterLink | undefined {
    return this.#clusters.linkOf(this.#regionOf(key) ?? '')
  }
}

function isIntended(before: Resource | undefined, after: Resource | undefined): boolean {
  return !before || !after || intentOf(before) !== intentOf(after)
}

/** The operator is only getting to know it: nobody can do anything with that. */
function isComing({ status }: Region, runtime: RegionRuntime | undefined): boolean {
  return runtime?.isKnown() !== true && reachabilityIn(status) !== 'False'
}

function reachabilityIn(status: Region['status']): string | undefined {
  return status?.conditions?.find(({ type }) => type === 'ClusterReachable')?.status
}

/** What tenants depend on, but for their routes. */
function digestOf({ metadata, status }: Region, runtime: RegionRuntime | undefined): string {
  const { authority, copies, addresses, backup, edgeProblem } = runtime?.context ?? {}
  return JSON.stringify([
    metadata.generation,
    reachabilityIn(status),
    authority?.revisions,
    copies?.map(({ name, revision }) => [name, revision]),
    addresses,
    backup?.kind === 'seen' ? backup.location : backup?.kind,
    edgeProblem,
  ])
}

function isWaiting({ status }: Tenant): boolean {
  const progressing = status?.conditions?.find(({ type }) => type === 'Progressing')
  return progressing?.reason === 'WaitingForTurn' || progressing?.reason === 'RolloutPaused'
}
