import { hostname } from 'node:os'
import { choice, integer, type Setting, type Settings, text } from '@platen/telemetry'

export interface OperatorSettings {
  /** The operator's own namespace: its lease, and the kubeconfigs of the regions' clusters. */
  namespace: string
  /** Path; empty: the service account of the operator's own pod. */
  kubeconfig: string
  /** How many objects are reconciled at the same time. */
  concurrency: number
  leaseName: string
  /** Whether Regions without spec.cluster may live in the operator's own cluster; otherwise it needs no rights on workloads. */
  holdsRegions: boolean
  /** Tells the replicas apart: in a pod its name. */
  identity: string
}

/** The operator's environment variables, beside those that every process has. */
export const SETTINGS: Settings<OperatorSettings> = {
  namespace: text('PLATEN_NAMESPACE', { default: 'platen-system' }),
  kubeconfig: text('PLATEN_KUBECONFIG', { default: '' }),
  concurrency: integer('PLATEN_CONCURRENCY', { default: 16, min: 2, max: 256 }),
  leaseName: text('PLATEN_LEASE_NAME', { default: 'platen-operator' }),
  holdsRegions: flag('PLATEN_HOLDS_REGIONS', true),
  identity: text('PLATEN_IDENTITY', { default: hostname() }),
}

function flag(name: string, otherwise: boolean): Setting<boolean> {
  const { parse } = choice(name, ['true', 'false'])
  return { name, parse: value => parse(value) === 'true', otherwise: () => otherwise }
}
