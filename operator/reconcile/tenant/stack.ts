import { digestOf } from '../../cluster/digest.ts'
import type { KubernetesObject } from '../../cluster/object.ts'
import { shortHash } from '../../render/hash.ts'
import {
  renderDatabase,
  renderFoundation,
  renderJobs,
  renderLedger,
  renderPrepare,
  renderWorkloads,
  type TenantInput,
} from '../../render/index.ts'

/** A tenant's objects by the phase that applies them. */
export interface Stack {
  /** Nothing here runs: what pods need before they can start. */
  foundation: KubernetesObject[]
  ledger: KubernetesObject[]
  database: KubernetesObject[]
  /** The Job that migrates; one for each release. */
  prepare: KubernetesObject[]
  ingest: KubernetesObject[]
  api: KubernetesObject[]
  /** What runs by the clock. */
  periodic: KubernetesObject[]
}

export function stackOf(input: TenantInput): Stack {
  const workloads = renderWorkloads(input)
  const isIngest = ({ metadata }: KubernetesObject) => metadata.name === 'ingest'
  return {
    foundation: renderFoundation(input),
    ledger: renderLedger(input),
    database: renderDatabase(input),
    prepare: renderPrepare(input),
    ingest: workloads.filter(isIngest),
    api: workloads.filter(object => !isIngest(object)),
    periodic: renderJobs(input),
  }
}

export function allOf(stack: Stack): KubernetesObject[] {
  return Object.values(stack).flat()
}

/**
 * Of everything whose change restarts pods and that is the platform team's: not the secrets, whose change must be
 * followed at once, and not whether the stack is closed or may be backed up.
 */
export function templateHash(input: TenantInput): string {
  const plain = { ...input, secrets: {}, accepting: true, restoring: false, mayBackUp: true }
  const workloads = [...renderDatabase(plain), ...renderWorkloads(plain)]
  return shortHash(workloads.filter(({ kind }) => RUN_PODS.has(kind)).map(digestOf))
}

const RUN_PODS = new Set(['Cluster', 'Deployment', 'StatefulSet'])
