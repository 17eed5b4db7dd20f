import type { Logger, Meter } from '@platen/telemetry'
import type { ClusterConnection } from './cluster/cluster.ts'
import { connectCluster } from './cluster/connect.ts'
import { createEvents } from './cluster/events.ts'
import type { KubeConfigSource } from './cluster/kubeconfig.ts'
import { createLease, type Lease } from './cluster/lease.ts'
import type { KubernetesObject } from './cluster/object.ts'
import { type Reflector, type ReflectorReport, startReflector } from './cluster/reflector.ts'
import type { Change } from './cluster/store.ts'
import { type ClusterLink, type LinkOptions, openLink } from './cluster-link.ts'
import { fenced } from './fence.ts'
import { countConditions, createMetrics, type OperatorMetrics } from './metrics.ts'
import { type Clock, systemClock } from './queue/clock.ts'
import { kept, Resources } from './reconcile/resources.ts'
import type { Region } from './resources/region.ts'
import type { Tenant } from './resources/tenant.ts'
import { reporterFor } from './tell.ts'
import { Term } from './term.ts'

export interface OperatorOptions {
  /** Path; absent: the service account of the operator's own pod. */
  kubeconfig?: string
  /** The operator's own. */
  namespace: string
  logger: Logger
  meter: Meter
  clock?: Clock
  /** How many objects are reconciled at the same time. */
  concurrency?: number
  leaseName?: string
  /** Whether regions may live in the management cluster. True unless told. */
  holdsRegions?: boolean
  /** Tells the replicas apart: in a pod its name. */
  identity?: string
  /** Told whether this replica does the work or knows that another one does. */
  onReady?(isReady: boolean): void
}

export interface Operator extends AsyncDisposable {
  /** Whether this replica does the work now. */
  readonly isLeading: boolean
}

const API = 'platen.dev/v1alpha1'

/** Starts a replica of the operator. It works while it holds the lease, and stops in order when it is disposed of. */
export async function startOperator(options: OperatorOptions): Promise<Operator> {
  const parts = new Parts({ clock: systemClock, concurrency: 16, ...options })
  return {
    get isLeading() {
      return parts.lease.isLeading
    },
    [Symbol.asyncDispose]: () => parts.stop(),
  }
}

type Settled = OperatorOptions & Required<Pick<OperatorOptions, 'clock' | 'concurrency'>>

/** What a replica has from its start to its end, whether it leads or not. */
class Parts {
  readonly lease: Lease
  readonly #o: Settled
  readonly #connection: ClusterConnection
  readonly #link: ClusterLink
  readonly #tenants = new Resources<Tenant>()
  readonly #regions = new Resources<Region>()
  readonly #reflectors: Reflector<KubernetesObject>[]
  readonly #metrics: OperatorMetrics
  readonly #stopped = new AbortController()
  readonly #ended: Promise<void>
  readonly #telling: NodeJS.Timeout
  #term: Term | undefined

  constructor(options: Settled) {
    this.#o = options
    this.#metrics = createMetrics(options.meter, {
      depth: () => this.#term?.depth() ?? { edit: 0, resync: 0 },
      open: () => this.#term?.open() ?? 0,
      isLeading: () => this.lease.isLeading,
      tenants: () => countConditions(this.#tenants.values().map(({ status }) => status)),
    })
    this.#connection = connectCluster({ name: 'management', source: sourceOf(options.kubeconfig) })
    this.#link = this.#openLink(this.#connection, {
      holdsRegions: options.holdsRegions ?? true,
      onChange: change => this.#term?.onChange(change, this.#link),
      onUp: () => this.#term?.onUp(this.#link),
    })
    this.#reflectors = [this.#reflectRegions(), this.#reflectTenants()]
    const { namespace, leaseName: name = 'platen-operator', identity = 'operator' } = options
    this.lease = createLease({ cluster: this.#connection, namespace, name, identity })
    this.#ended = this.#run()
    this.#telling = setInterval(() => options.onReady?.(this.#isReady()), 1_000)
  }

  async stop(): Promise<void> {
    clearInterval(this.#telling)
    this.#stopped.abort(new Error('the operator stops'))
    await this.#ended
    for (const reflector of this.#reflectors) await reflector[Symbol.asyncDispose]()
    await this.#link[Symbol.asyncDispose]()
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped
    try {
      await this.#link.cache.whenSynced(signal)
      for (const reflector of this.#reflectors) await reflector.whenSynced(signal)
      await this.lease.run(leading => this.#lead(leading), signal)
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async #lead(leading: AbortSignal): Promise<void> {
    const { logger, identity = 'operator' } = this.#o
    logger.info('leads')
    await using events = createEvents(
      fenced(this.#connection, () => this.lease.isLeading),
      {
        reportingController: 'platen.dev/operator',
        instance: identity,
      },
    )
    const term = new Term({
      ...this.#o,
      management: this.#link,
      tenants: this.#tenants,
      regions: this.#regions,
      metrics: this.#metrics,
      reporterOf: object => reporterFor(object, { logger, events }),
      open: (region, kubeconfig, listener) =>
        this.#openLink(
          connectCluster({ name: region, source: { kind: 'text', text: kubeconfig } }),
          listener,
        ),
    })
    this.#term = term
    term.start()
    if (!leading.aborted) {
      await new Promise(resolve => leading.addEventListener('abort', resolve, { once: true }))
    }
    this.#term = undefined
    await term.stop()
    logger.info('leads no longer')
  }

  #openLink(
    connection: ClusterConnection,
    listener: Pick<LinkOptions, 'onChange' | 'onUp' | 'holdsRegions'>,
  ): ClusterLink {
    return openLink({
      ...listener,
      connection,
      count: cluster => this.#metrics.countWrites(fenced(cluster, () => this.lease.isLeading)),
      onReport: report => this.#onReport(connection.name, report),
    })
  }

  #onReport(cluster: string, report: ReflectorReport): void {
    const { kind } = report
    if (report.type === 'listed') this.#metrics.listed(kind)
    if (report.type === 'missed') this.#metrics.missed(kind, report.events)
    if (report.type !== 'failed') return
    this.#metrics.watchFailed(kind)
    const { reason, message } = report.error
    // Of a cluster that is away each kind tells one line, however long that lasts for one reason.
    this.#o.logger[report.isNew ? 'warn' : 'debug']({ cluster, kind: kind.kind, reason }, message)
  }

  #reflectRegions(): Reflector<KubernetesObject> {
    return this.#reflect<Region>('Region', this.#regions, change => this.#term?.onRegion(change))
  }

  #reflectTenants(): Reflector<KubernetesObject> {
    return this.#reflect<Tenant>('Tenant', this.#tenants, change => this.#term?.onTenant(change))
  }

  #reflect<T extends Region | Tenant>(
    kind: string,
    resources: Resources<T>,
    tell: (change: Change<T>) => void,
  ): Reflector<KubernetesObject> {
    return startReflector<KubernetesObject>({
      cluster: this.#connection,
      kind: { apiVersion: API, kind },
      install: 'run kubectl apply --server-side -f charts/platen-operator/crds/',
      keep: kept,
      onReport: report => this.#onReport('management', report),
      onChange(any) {
        const change = any as unknown as Change<T> // The API server serves nothing else under this kind.
        if (change.type === 'deleted') resources.sawGone(change.before)
        else resources.saw(change.after)
        tell(change)
      },
    })
  }

  /** A replica that waits is ready as long as another one leads. */
  #isReady(): boolean {
    const isSynced = this.#link.cache.synced && this.#reflectors.every(({ synced }) => synced)
    return isSynced && this.lease.hasLeader
  }
}

function sourceOf(kubeconfig: string | undefined): KubeConfigSource {
  return kubeconfig ? { kind: 'file', path: kubeconfig } : { kind: 'in-cluster' }
}
