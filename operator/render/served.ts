import type { Tenant } from '../resources/tenant.ts'
import { backupFolder } from './backup-folder.ts'
import { PARTS } from './labels.ts'

/**
 * One of CloudNativePG's Clusters that held the tenant's data, one after another: how a Cluster begins cannot be changed,
 * so each restore makes another one.
 */
export interface Served {
  /** Of the Cluster. */
  name: string
  /** When it took the place of the one before, in RFC 3339. Absent: it is the first. */
  since?: string
}

/** The newest last: that one serves. */
export type ServedChain = readonly [Served, ...Served[]]

export const FIRST: ServedChain = [{ name: PARTS.database.name }]

export function servingOf(chain: ServedChain): Served {
  return chain.at(-1) ?? chain[0]
}

/** As the annotation of the namespace keeps it: `database database-0123456789@2026-11-29T06:53:45Z`. */
export function writeServed(chain: ServedChain): string {
  return chain.map(({ name, since }) => (since === undefined ? name : `${name}@${since}`)).join(' ')
}

/** What cannot be read is as if nothing had been restored yet. */
export function readServed(text: string | undefined): ServedChain {
  const [first, ...more] = (text ?? '').split(' ').flatMap(one => {
    const [, name, since] = /^([a-z][-a-z0-9]*)(?:@(\S+))?$/.exec(one) ?? []
    return name === undefined ? [] : [{ name, ...(since !== undefined && { since }) }]
  })
  return first ? [first, ...more] : FIRST
}

/** The one whose archive reaches to a time: its own begins when it took the place of the one before. */
export function servedAt(chain: ServedChain, to: string): Served {
  const time = Date.parse(to)
  return chain.findLast(({ since }) => since === undefined || Date.parse(since) <= time) ?? chain[0]
}

/** A folder below `prefix` in the Region's bucket. */
export interface Archive {
  prefix: string
  name: string
}

/**
 * Where a Cluster's backups are. Each has a folder of its own, because a database that went back to an earlier time must
 * not write among what it had written after that. Country and region stand in its name: what is another's is not found.
 */
export function archiveOf(tenant: Tenant, region: string, { name: cluster }: Served): Archive {
  const { prefix, name } = backupFolder(tenant)
  const restored = cluster === PARTS.database.name ? [] : [cluster]
  return { prefix, name: [name, tenant.spec.country, region, ...restored].join('_') }
}
