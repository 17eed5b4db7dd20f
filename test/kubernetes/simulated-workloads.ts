import { isDeepStrictEqual } from 'node:util'
import type { ClusterAccess } from './access.ts'
import { type Following, follow } from './follow.ts'
import type { KubeObject, Rest } from './rest.ts'
import { issueCertificate } from './simulated-certificates.ts'
import { runInstances } from './simulated-cluster.ts'
import {
  backupStatus,
  certificateStatus,
  clusterStatus,
  deploymentStatus,
  jobStatus,
  statefulSetStatus,
  type WorkloadFate,
} from './workload-status.ts'

interface Kind {
  path: string
  statusOf: (object: KubeObject, fate: WorkloadFate) => Record<string, unknown>
  /** What else its controller makes, once it is to be ready. */
  make?: (cluster: ClusterAccess, object: KubeObject) => Promise<void>
}

/** The first three only where no real controllers run, which would report otherwise. */
const KINDS = {
  Deployment: { path: 'apis/apps/v1 deployments', statusOf: deploymentStatus },
  StatefulSet: { path: 'apis/apps/v1 statefulsets', statusOf: statefulSetStatus },
  Job: { path: 'apis/batch/v1 jobs', statusOf: jobStatus },
  /** CloudNativePG's; makes pods and claims, which simulated nodes may run. */
  Cluster: {
    path: 'apis/postgresql.cnpg.io/v1 clusters',
    statusOf: clusterStatus,
    make: runInstances,
  },
  Backup: { path: 'apis/postgresql.cnpg.io/v1 backups', statusOf: backupStatus },
  /** cert-manager's; makes the Secret, signed by the control plane's authority. */
  Certificate: {
    path: 'apis/cert-manager.io/v1 certificates',
    statusOf: certificateStatus,
    make: issueCertificate,
  },
} satisfies Record<string, Kind>

export type WorkloadKind = keyof typeof KINDS

export interface SimulatedWorkloadsOptions {
  kinds: WorkloadKind[]
  /** Names of the namespaces whose objects it reports on, so that tests on one cluster keep apart. */
  namespaces: RegExp
}

/** Stands for the controllers of some kinds, as far as their reports go. */
export interface SimulatedWorkloads extends AsyncDisposable {
  /** From now on, also for objects that are there already. Without a decision all get ready. */
  decide(fate: (object: KubeObject) => WorkloadFate): void
}

/** Writes the status of every object of the kinds, as soon as it appears or changes. The kinds must be served. */
export function simulateWorkloads(
  cluster: ClusterAccess,
  { kinds, namespaces }: SimulatedWorkloadsOptions,
): SimulatedWorkloads {
  let fateOf: (object: KubeObject) => WorkloadFate = () => 'ready'
  const following: Following[] = kinds.map(name => {
    const kind: Kind = KINDS[name]
    return follow(cluster.rest, {
      path: `/${kind.path.replace(' ', '/')}`,
      wanted: ({ metadata }) => namespaces.test(metadata.namespace),
      async each(object) {
        if (object.metadata.deletionTimestamp) return
        const fate = fateOf(object)
        if (fate === 'ready') await kind.make?.(cluster, object)
        await report(cluster.rest, { kind, object, fate })
      },
    })
  })
  return {
    decide(fate) {
      fateOf = fate
      for (const each of following) each.again()
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(following.map(each => each[Symbol.asyncDispose]()))
    },
  }
}

interface Report {
  kind: Kind
  object: KubeObject
  fate: WorkloadFate
}

async function report(rest: Rest, { kind, object, fate }: Report): Promise<void> {
  const status = kind.statusOf(object, fate)
  const seen = object.status ?? {}
  const isSaid = ([field, value]: [string, unknown]) =>
    isDeepStrictEqual(seen[field] ?? null, value)
  if (Object.entries(status).every(isSaid)) return
  const [group, plural] = kind.path.split(' ')
  const { namespace, name, resourceVersion } = object.metadata
  await rest.call('PATCH', `/${group}/namespaces/${namespace}/${plural}/${name}/status`, {
    patch: 'merge',
    // What has changed in between tells of itself by its own event.
    body: { metadata: { resourceVersion }, status },
  })
}
