import { type Entry, parseKeys, parseLine, type Verification, verifyLedger } from '@platen/ledger'
import { vi } from 'vitest'
import { conditionIn } from '../support/conditions.ts'
import { find, namespaceNamed, type Platform, secretNamed } from '../support/index.ts'

export const WITHIN = { timeout: 90_000, interval: 250 }

export interface TenantSeen {
  /** The condition `ResidencyVerified`: STATUS REASON MESSAGE. */
  residency: string
  /** The condition `Accepted`. */
  accepted: string
  /** What would send backups: KIND NAME, sorted. */
  backups: string[]
  /** Replicas of the ingest Deployment, as the operator wants it; undefined: not there yet. */
  ingest: number | undefined
}

export async function seen(platform: Platform, name: string): Promise<TenantSeen> {
  const tenant = await platform.see(`tenant/${name}`)
  const ingest = `/apis/apps/v1/namespaces/tenant-${name}/deployments/ingest`
  return {
    residency: conditionIn(tenant, 'ResidencyVerified'),
    accepted: conditionIn(tenant, 'Accepted'),
    ingest: (await find(platform.de.plane.rest, ingest))?.spec.replicas,
    backups: await backupsOf(platform, name),
  }
}

const BACKUPS = { CronJob: 'apis/batch/v1', NetworkPolicy: 'apis/networking.k8s.io/v1' }

async function backupsOf({ de }: Platform, name: string): Promise<string[]> {
  const found = Object.entries(BACKUPS).flatMap(([kind, api]) =>
    ['backup', 'database-backup'].map(async object => {
      const resource = kind === 'CronJob' ? 'cronjobs' : 'networkpolicies'
      const path = `/${api}/namespaces/tenant-${name}/${resource}/${object}`
      return (await find(de.plane.rest, path)) ? [`${kind} ${object}`] : []
    }),
  )
  return (await Promise.all(found)).flat().sort()
}

/** The tenant's ledger as it waits in its namespace, checked with the published keys and head. */
export async function ledgerOf(
  { de, see }: Platform,
  name: string,
  region = 'de',
): Promise<Verification & { lines: string[]; newest: Entry | undefined }> {
  const path = `/api/v1/namespaces/tenant-${name}/configmaps/residency-ledger`
  const { data } = await de.plane.rest.call('GET', path)
  const lines: string[] = data['entries.jsonl'].split('\n').filter((line: string) => line !== '')
  const keys = parseKeys(JSON.stringify((await see(`region/${region}`))?.status.ledgerKeys))
  const head: string | undefined = (await see(`tenant/${name}`))?.status.residency?.head
  const [first, last] = [lines.at(0), lines.at(-1)].map(line => parseLine(line ?? ''))
  // The tenant's database has those before.
  const from = typeof first === 'object' ? first.entry.sequence : 1
  const options = { tenant: name, region, from, ...(head !== undefined && { head }) }
  return {
    ...verifyLedger(lines, keys, options),
    lines,
    newest: typeof last === 'object' ? last.entry : undefined,
  }
}

/** Waits until the newest entry has such content, and nothing speaks against the ledger. */
export async function ledgerSays(
  platform: Platform,
  name: string,
  { region, ...wanted }: { region?: string; verdict: string; facts?: object },
): Promise<void> {
  await vi.waitFor(async () => {
    const { findings, newest } = await ledgerOf(platform, name, region)
    const errors = findings.filter(({ severity }) => severity === 'error')
    if (errors.length > 0) throw new Error(JSON.stringify(errors))
    const facts = { ...newest?.facts, ...wanted.facts }
    const isSo =
      newest?.verdict === wanted.verdict && JSON.stringify(facts) === JSON.stringify(newest.facts)
    if (!isSo) throw new Error(`the newest entry is ${JSON.stringify(newest)}`)
  }, WITHIN)
}

/** Where Region `name` looks for the credentials of the object store. */
export async function copyCredentials({ de, apply }: Platform, name: string): Promise<void> {
  const path = '/api/v1/namespaces/platen-region-de/secrets/backup-credentials'
  const { data } = await de.plane.rest.call('GET', path)
  const namespace = `platen-region-${name}`
  await apply(namespaceNamed(namespace, { 'platen.dev/region': name }), {
    ...secretNamed(namespace, 'backup-credentials', {}),
    data,
  })
}
