import type { KubernetesObject } from '../cluster/object.ts'
import { api } from './api.ts'
import { askedBackup, backupCronJobs, finalBackup } from './backup.ts'
import { backupConfigMap } from './backup-config.ts'
import { certificates } from './certificate.ts'
import { authorityConfigMap, configMaps, ledgerConfigMap } from './config-maps.ts'
import { isCloudNativePg } from './database-address.ts'
import { cloudNativePgDatabase } from './database-cnpg.ts'
import { statefulSetDatabase } from './database-statefulset.ts'
import { disruptionBudgets } from './disruption-budgets.ts'
import { expireCronJob } from './expire.ts'
import { ingest } from './ingest.ts'
import type { TenantInput } from './input.ts'
import { namespace } from './namespace.ts'
import { networkPolicies } from './network-policies.ts'
import { prepareJob } from './prepare.ts'
import { limitRange, resourceQuota } from './quota.ts'
import { serviceAccounts } from './service-accounts.ts'

export type { Addresses, TenantInput } from './input.ts'
export { inheritedLabels, labelsOf } from './labels.ts'

/**
 * Everything that a tenant has beside its Secrets, in the order in which it is applied. Pure: the same input renders the
 * same objects. What is not among it any more is pruned, but for a `PersistentVolumeClaim` and a `Cluster`: these are the data.
 */
export function renderTenant(input: TenantInput): KubernetesObject[] {
  return [
    ...renderNamespace(input),
    ...renderFoundation(input),
    ...renderLedger(input),
    ...renderDatabase(input),
    ...renderPrepare(input),
    ...renderWorkloads(input),
    ...renderJobs(input),
  ]
}

export function renderNamespace(input: TenantInput): KubernetesObject[] {
  return [namespace(input)]
}

/** What everything that runs there stands on. */
export function renderFoundation(input: TenantInput): KubernetesObject[] {
  return [
    resourceQuota(input),
    limitRange(input),
    ...serviceAccounts(input),
    ...networkPolicies(input),
    ...configMaps(input),
    ...authorityConfigMap(input),
    ...backupConfigMap(input),
    ...certificates(input),
  ]
}

/** Changes with each entry of the residency ledger, and restarts nothing. */
export function renderLedger(input: TenantInput): KubernetesObject[] {
  return [ledgerConfigMap(input)]
}

export function renderDatabase(input: TenantInput): KubernetesObject[] {
  return isCloudNativePg(input) ? cloudNativePgDatabase(input) : statefulSetDatabase(input)
}

/** Has to have succeeded before the workloads are applied. */
export function renderPrepare(input: TenantInput): KubernetesObject[] {
  return [prepareJob(input)]
}

export function renderWorkloads(input: TenantInput): KubernetesObject[] {
  return [...ingest(input), ...api(input), ...disruptionBudgets(input)]
}

export function renderJobs(input: TenantInput): KubernetesObject[] {
  return [expireCronJob(input), ...backupCronJobs(input), ...askedBackup(input)]
}

/** Of a deletion with the policy `Delete`; not part of `renderTenant`. Empty: there is nowhere to put it. */
export function renderFinalBackup(input: TenantInput): KubernetesObject[] {
  return finalBackup(input)
}
