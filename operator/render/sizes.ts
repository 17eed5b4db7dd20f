import type { V1ResourceRequirements } from '@kubernetes/client-node'
import type { TenantInput } from './input.ts'
import { bytes, bytesOf, cpu, milliCpu } from './quantity.ts'

export interface Compute {
  /** Thousandths of a CPU. */
  cpu: number
  /** Bytes. */
  memory: number
}

export interface Sizing {
  /** Of a whole pod; its containers divide it. */
  ingest: Compute & { replicas: number }
  api: Compute & { replicas: number }
  /** `instances`: of CloudNativePG; the statefulset kind has one. `storage`: bytes of each instance. */
  database: Compute & { instances: number; storage: number }
}

interface NamedSize {
  ingest: Compute & { replicas: number }
  api: Compute & { replicas: number }
  /** `storage`: in times of the Region's `database.storage.size`. */
  database: Compute & { instances: number; storage: number }
}

const MI = 2 ** 20
const GI = 2 ** 30

/**
 * Meant for about 1,000, 5,000 and 20,000 printers.
 * - CPU: 1.4 cores carried 2,900 reports a second (docs/benchmarks.md), and 20,000 printers that all report once a minute
 *   are 333 of them. The rest is for the backlog after an outage and for people's queries. One Prosody uses one core.
 * - Memory: Prosody 20 MB and a Node process 120 MB at rest; PostgreSQL has its working set in it.
 * - Storage: a report makes 6 rows (docs/benchmarks.md), so 50 reports a day from each of 1,000 printers are 220 million
 *   rows in two years, 20 GB at 100 bytes a row.
 */
const SIZES: Record<'small' | 'medium' | 'large', NamedSize> = {
  small: {
    ingest: { replicas: 1, cpu: 200, memory: 256 * MI },
    api: { replicas: 1, cpu: 100, memory: 256 * MI },
    database: { instances: 1, cpu: 250, memory: 512 * MI, storage: 1 },
  },
  medium: {
    ingest: { replicas: 2, cpu: 500, memory: 512 * MI },
    api: { replicas: 2, cpu: 500, memory: 512 * MI },
    database: { instances: 2, cpu: 1000, memory: 4 * GI, storage: 5 },
  },
  large: {
    ingest: { replicas: 3, cpu: 1500, memory: GI },
    api: { replicas: 3, cpu: 1000, memory: GI },
    database: { instances: 3, cpu: 4000, memory: 16 * GI, storage: 20 },
  },
}

/** Migrations, retention and backups pass rows on, or leave the work to PostgreSQL. */
export const JOB: Compute = { cpu: 100, memory: 256 * MI }

/** Beside the built-in database: at rest a shell, and for a backup one process that compresses. */
export const KEEPER: Compute = { cpu: 50, memory: 256 * MI }

/** What the tenant's size means. The database's storage is never less than it was. */
export function sizingOf(input: TenantInput): Sizing {
  const { ingest, api, database } = wantedSizing(input)
  const storage = Math.max(database.storage, ...(input.volumes ?? []).map(bytesOf))
  const isReplicated = input.region.spec.database.kind === 'cnpg'
  const instances = isReplicated ? database.instances : 1
  return { ingest, api, database: { ...database, instances, storage } }
}

function wantedSizing({ region, tenant }: TenantInput): Sizing {
  const { size, resources } = tenant.spec
  if (size !== 'custom') {
    const { database, ...rest } = SIZES[size]
    const storage = database.storage * bytesOf(region.spec.database.storage.size)
    return { ...rest, database: { ...database, storage } }
  }
  if (!resources)
    throw new Error('cannot render size custom without resources; give spec.resources')
  const { ingest, api, database } = resources
  return {
    ingest: { replicas: ingest.replicas, ...compute(ingest) },
    api: { replicas: api.replicas, ...compute(api) },
    database: {
      instances: database.instances,
      ...compute(database),
      storage: bytesOf(database.storage),
    },
  }
}

function compute({ cpu, memory }: { cpu: string; memory: string }): Compute {
  return { cpu: milliCpu(cpu), memory: bytesOf(memory) }
}

/**
 * What a pod may take in on average, about what its request of CPU pays for (docs/benchmarks.md: 1.4 cores carried 2,900 a
 * second, PostgreSQL's part included). Beyond that a tenant's reports wait in its monitors' outboxes, and the others on its
 * node hardly notice its flood.
 * @see docs/decisions/022-noisy-neighbours.md
 */
export const reportsPerSecond = ({ cpu }: Pick<Compute, 'cpu'>) => cpu

/** Thousandths of a CPU that a pod's queries may use on average, for the same reason. PostgreSQL's part comes on top. */
export const queryCpu = ({ cpu }: Pick<Compute, 'cpu'>) => cpu

/** A part of a pod's compute for one of its containers. */
export function share({ cpu, memory }: Compute, of: { cpu: number; memory: number }): Compute {
  return { cpu: Math.ceil(cpu * of.cpu), memory: Math.ceil(memory * of.memory) }
}

/**
 * Requests, and memory limited to them: a pod never takes what its node has promised to another tenant. CPU has no
 * limit: requests share it out when it is short, and a limit would throttle while it is not.
 */
export function resourcesOf(compute: Compute): V1ResourceRequirements {
  const memory = bytes(compute.memory)
  return { requests: { cpu: cpu(compute.cpu), memory }, limits: { memory } }
}
