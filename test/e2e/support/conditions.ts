import { MANAGEMENT } from '../../cluster/clusters.ts'
import { until } from '../../cluster/wait.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import type { Platform } from '../platform.ts'

export const tenantPath = (name: string) => `/apis/platen.dev/v1alpha1/tenants/${name}`
export const regionPath = (name: string) => `/apis/platen.dev/v1alpha1/regions/${name}`

export function readTenant(platform: Platform, name: string): Promise<KubeObject> {
  return platform.cluster(MANAGEMENT).rest.call('GET', tenantPath(name))
}

export function readRegion(platform: Platform, name: string): Promise<KubeObject> {
  return platform.cluster(MANAGEMENT).rest.call('GET', regionPath(name))
}

/** A condition as `STATUS REASON MESSAGE`. */
export function conditionIn({ status }: KubeObject, type: string): string {
  const found = status?.conditions?.find((one: KubeObject) => one.type === type)
  return found ? `${found.status} ${found.reason} ${found.message}`.trim() : 'missing'
}

/** Waits until the newest spec of a Tenant is in force, and all of it is ready. */
export async function untilReady(
  platform: Platform,
  name: string,
  deadlineMs?: number,
): Promise<void> {
  await until(`Tenant ${name} is ready`, () => whyNotReady(platform, name), deadlineMs)
}

/** Undefined: it is. */
export async function whyNotReady(platform: Platform, name: string): Promise<string | undefined> {
  const tenant = await readTenant(platform, name)
  if (tenant.status?.observedGeneration !== tenant.metadata.generation) {
    return 'the operator has not got through with its newest spec'
  }
  const ready = conditionIn(tenant, 'Ready')
  return ready.startsWith('True') ? undefined : ready
}
