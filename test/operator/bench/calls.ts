import { table } from '../../bench/figures.ts'
import type { AuditedRequest } from '../../kubernetes/index.ts'

const READS = new Set(['get', 'list', 'watch'])

/** Requests between two moments, Unix time in milliseconds. */
export const between = (requests: AuditedRequest[], from: number, to: number) =>
  requests.filter(({ at }) => at >= from && at < to)

/** What writes were for. A lease has to be renewed, whatever happens. */
export type Purpose = 'object' | 'status' | 'event' | 'lease'

export function purposeOf({ verb, resource, subresource }: AuditedRequest): Purpose | undefined {
  if (READS.has(verb)) return undefined
  // Asks a question by a POST, and stores nothing.
  if (resource.endsWith('reviews')) return undefined
  if (resource === 'leases') return 'lease'
  if (resource === 'events') return 'event'
  return subresource === 'status' ? 'status' : 'object'
}

/** Writes of that purpose. */
export const writesFor = (requests: AuditedRequest[], purpose: Purpose) =>
  requests.filter(request => purposeOf(request) === purpose)

/** How many different objects were written. */
export function objectsIn(requests: AuditedRequest[]): number {
  return new Set(requests.map(keyOf)).size
}

function keyOf({ resource, namespace, name }: AuditedRequest): string {
  return `${resource}/${namespace}/${name}`
}

/** Kinds of which objects were written more than once, with what was done to them. */
export function writtenAgain(requests: AuditedRequest[]): [string, number][] {
  const seen = new Set<string>()
  const again = new Map<string, number>()
  for (const request of requests) {
    const key = keyOf(request)
    const name = `${request.verb} ${request.resource}${/^tenant-/.test(request.namespace ?? '') ? `/${request.name}` : ''}`
    if (seen.has(key)) again.set(name, (again.get(name) ?? 0) + 1)
    seen.add(key)
  }
  return [...again].sort(([, a], [, b]) => b - a)
}

/** Calls by verb, refused ones apart. */
export function callsTable(columns: [string, AuditedRequest[]][], tenants: number): string {
  const verbs = [...new Set(columns.flatMap(([, requests]) => requests.map(verbOf)))].sort()
  const rows = verbs.map(verb => [
    verb,
    ...columns.map(([, requests]) => count(requests, verb)),
    (count(columns[0]?.[1] ?? [], verb) / tenants).toFixed(2),
  ])
  const head = ['API calls of the operator', ...columns.map(([name]) => name), 'a tenant']
  return table(
    head,
    rows.map(row => row.map(String)),
  )
}

const count = (requests: AuditedRequest[], verb: string) =>
  requests.filter(request => verbOf(request) === verb).length

function verbOf(request: AuditedRequest): string {
  const purpose = purposeOf(request)
  const what = purpose === undefined || purpose === 'object' ? '' : ` (${purpose})`
  const refused = request.code >= 400 && request.verb !== 'get' ? `, ${request.code}` : ''
  return `${request.verb}${what}${refused}`
}
