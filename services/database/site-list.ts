import type { Transaction } from './connect.ts'

/** A site as the Tenant lists it. */
export interface ListedSite {
  /** Its lasting name, a DNS label. */
  name: string
  displayName: string
}

/** Reads a JSON list of sites; throws a sentence where it is none. */
export function parseSites(json: string): ListedSite[] {
  const sites: unknown = parse(json)
  if (!Array.isArray(sites) || !sites.every(isSite)) {
    throw new Error(
      'cannot read the sites: give a list of {"name", "displayName"}, texts of 1 to 255 characters',
    )
  }
  const twice = sites.find(({ name }, i) => sites.findIndex(site => site.name === name) < i)
  if (twice) throw new Error(`cannot take the sites: "${twice.name}" is there twice`)
  return sites
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new Error('cannot read the sites: they are not JSON', { cause })
  }
}

function isSite(value: Partial<ListedSite> | null): value is ListedSite {
  return isName(value?.name) && isName(value?.displayName)
}

function isName(text: unknown): boolean {
  return typeof text === 'string' && text.length >= 1 && text.length <= 255 && !text.includes('\0')
}

/** Makes or renames sites. One that is not listed any more stays, with all its devices, and is marked so. */
export async function ensureSites(tx: Transaction, sites: readonly ListedSite[]): Promise<void> {
  const keys = sites.map(({ name }) => name)
  await tx`
    insert into site (key, name) select * from unnest(
      ${keys}::text[], ${sites.map(({ displayName }) => displayName)}::text[])
    on conflict (key) do update set name = excluded.name
    where site.name <> excluded.name`
  await tx`
    update site set listed = not listed
    where key is not null and listed <> (key = any(${keys}::text[]))`
}
