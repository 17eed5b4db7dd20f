import { digestOf } from '../../cluster/digest.ts'
import type { KubernetesObject } from '../../cluster/object.ts'
import { isCloudNativePg } from '../../render/database-address.ts'
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
import { restoreId } from '../../render/restore.ts'

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
 * followed at once, and not whether the stack is closed or may be backed up, nor which Cluster of CloudNativePG serves.
 */
export function templateHash({ databases, recovery, ...input }: TenantInput): string {
  const plain: TenantInput = { ...input, ...OPEN, secrets: {} }
  const workloads = [...renderDatabase(plain), ...renderWorkloads(plain)]
  const templates = workloads.filter(({ kind }) => RUN_PODS.has(kind)).map(digestOf)
  return shortHash([...templates, ...recovered(input)])
}

const OPEN = { accepting: true, restoring: false, mayBackUp: true, hasBackupAuthority: false }

/** No template of CloudNativePG's says it. It is the user's own edit, and nothing serves again before its migrations. */
function recovered(input: TenantInput): string[] {
  const id = restoreId(input.tenant)
  return id !== undefined && isCloudNativePg(input) ? [id] : []
}

const RUN_PODS = new Set(['Cluster', 'Deployment', 'StatefulSet'])
