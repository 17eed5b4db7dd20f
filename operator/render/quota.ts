import type { KubernetesObject } from '../cluster/object.ts'
import { isArchived } from './backup-folder.ts'
import type { TenantInput } from './input.ts'
import { owned } from './owned.ts'
import { bytes, cpu } from './quantity.ts'
import { FIRST } from './served.ts'
import { type Compute, JOB, KEEPER, sizingOf } from './sizes.ts'

/**
 * The most that the tenant's namespace may take of the cluster: what its size needs while all of it is being replaced
 * at the same time. It stays as it is while the tenant is suspended.
 */
export function resourceQuota(input: TenantInput): KubernetesObject {
  const { ingest, api, database } = sizingOf(input)
  const atOnce: (Compute & { pods: number })[] = [
    // During a rollout one pod more is there, and one that has not left yet.
    { ...ingest, pods: ingest.replicas + 2 },
    { ...api, pods: api.replicas + 2 },
    // CloudNativePG makes an instance by a job of the instance's size.
    { ...withKeeper(input, database), pods: database.instances + 1 },
    // A migration, the retention and a backup, and another try of one of them.
    { ...JOB, pods: 4 },
  ]
  const total = (of: keyof Compute) => atOnce.reduce((sum, each) => sum + each.pods * each[of], 0)
  const memory = bytes(total('memory'))
  const hard = {
    pods: `${atOnce.reduce((sum, { pods }) => sum + pods, 0)}`,
    'requests.cpu': cpu(total('cpu')),
    'requests.memory': memory,
    'limits.memory': memory,
    'requests.storage': bytes(database.storage * (database.instances * clusters(input) + 1)),
    // Whoever enters comes by the region's edge.
    'services.loadbalancers': '0',
    'services.nodeports': '0',
  }
  return owned(
    input,
    { apiVersion: 'v1', kind: 'ResourceQuota', name: 'tenant' },
    { spec: { hard } },
  )
}

/** Those that a restore has put to sleep keep their volumes until somebody deletes them. */
function clusters({ databases = FIRST, recovery }: TenantInput): number {
  return databases.length + (recovery && !recovery.isFirst ? 1 : 0)
}

function withKeeper(input: TenantInput, { cpu, memory }: Compute): Compute {
  if (!isArchived(input)) return { cpu, memory }
  return { cpu: cpu + KEEPER.cpu, memory: memory + KEEPER.memory }
}

/** For containers that say nothing of their needs, which the quota would otherwise refuse: those that people start. */
export function limitRange(input: TenantInput): KubernetesObject {
  const memory = bytes(JOB.memory)
  const limit = {
    type: 'Container',
    default: { memory },
    defaultRequest: { cpu: cpu(JOB.cpu), memory },
  }
  return owned(
    input,
    { apiVersion: 'v1', kind: 'LimitRange', name: 'tenant' },
    { spec: { limits: [limit] } },
  )
}
