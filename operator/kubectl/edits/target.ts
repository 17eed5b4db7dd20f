import type { TenantSpec, TenantStatus } from '../../resources/tenant.ts'
import { type Command, type Given, nameOf, type Option, wrong } from '../command.ts'
import type { Meta } from '../objects.ts'
import { REGIONS, TENANTS } from '../read.ts'

export const REGION_OPTION: Record<string, Option> = {
  region: { value: 'REGION', help: 'a region instead of a tenant' },
}

/** What is to be changed. */
export interface Target {
  kind: typeof TENANTS | typeof REGIONS
  /** `tenant acme`. */
  title: string
  name: string
  /** The names that stand behind it. */
  others: string[]
}

/** A Tenant or Region, as far as changes look at it; what only Tenants have is that of Tenants. */
export interface Changed {
  metadata: Meta
  spec: Pick<TenantSpec, 'restore'>
  status?: Pick<TenantStatus, 'conditions' | 'backup' | 'restore'>
}

/** `TENANT [...]` or `--region REGION [...]`. @throws Failure */
export function targetOf(command: Command, names: readonly string[], given: Given): Target {
  const region = given.text('region')
  if (region !== undefined) {
    const name = nameOf(command, 'REGION', region)
    return { kind: REGIONS, title: `region ${name}`, name, others: [...names] }
  }
  const [first, ...others] = names
  if (first === undefined) throw wrong(command, 'it needs a TENANT, or --region REGION')
  const name = nameOf(command, 'TENANT', first)
  return { kind: TENANTS, title: `tenant ${name}`, name, others }
}

/** @throws Failure */
export function soleTarget(command: Command, names: readonly string[], given: Given): Target {
  const target = targetOf(command, names, given)
  if (target.others.length > 0)
    throw wrong(command, 'it takes one TENANT, or --region REGION alone')
  return target
}
