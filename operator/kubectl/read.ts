import type { Region } from '../resources/region.ts'
import type { Tenant } from '../resources/tenant.ts'
import type { World } from './command.ts'
import { Failure } from './failure.ts'
import type { Kubectl } from './kubectl.ts'
import { Refusal } from './refusal.ts'
import { type Seen, see } from './seen.ts'

export const TENANTS = 'tenants.platen.dev'
export const REGIONS = 'regions.platen.dev'

/** @throws Failure */
export async function readTenant({ management }: World, name: string): Promise<Tenant> {
  return await named('tenant', name, () => management.get<Tenant>(TENANTS, name))
}

/** @throws Failure */
export async function readRegion({ management }: World, name: string): Promise<Region> {
  return await named('region', name, () => management.get<Region>(REGIONS, name))
}

async function named<T>(what: string, name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    if (!(cause instanceof Refusal) || cause.kind !== 'not-found') throw cause
    throw new Failure(
      `cannot find the ${what} ${name}: there is none of that name; kubectl get ${what}s lists them`,
      { cause },
    )
  }
}

/** Where the tenant lives, or why that cannot be said. */
export interface Home {
  region: Seen<Region>
  /** Of the region's cluster. */
  kubectl: Seen<Kubectl>
}

export async function homeOf(world: World, tenant: Tenant): Promise<Home> {
  const name = tenant.status?.region ?? tenant.spec.regionRef?.name
  if (name === undefined) {
    const why = 'the operator has not given the tenant a region yet'
    return { region: { why }, kubectl: { why } }
  }
  const region = await see(() => world.management.get<Region>(REGIONS, name))
  if (region.value === undefined) {
    return { region, kubectl: { why: `the Region ${name} is not readable: ${region.why}` } }
  }
  const { value } = region
  return { region, kubectl: await see(() => world.of(value)) }
}
