import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { KubernetesObject, ObjectRef } from '../../cluster/object.ts'
import type { Addresses } from '../../render/index.ts'
import { collectorOf } from '../../residency/collector.ts'
import type { Region } from '../../resources/region.ts'
import { applyAll } from '../apply.ts'
import { done, type Outcome } from '../outcome.ts'
import type { SeenAddresses } from './runtime.ts'
import type { PlacedScope } from './scope.ts'

/** An address that a name had is kept for so long: names with many addresses show a few at a time. */
const KEPT_MS = 24 * 3_600_000
/** Under this name those of the cluster's API server; no endpoint outside of the cluster has such a one. */
const API_SERVER = 'kubernetes.default.svc'

/**
 * Network policies know no names: the addresses of the Region's endpoints, and of its cluster's API server. They are
 * kept in the cluster, so that an operator that starts anew closes no way that is in use.
 */
export async function addresses(s: PlacedScope): Promise<Outcome> {
  await lookUp(s)
  await applyAll(s.target, [configMap(s)], s.signal)
  return done
}

/** The same without a write. */
export async function lookUp(s: PlacedScope): Promise<Outcome> {
  const { seenAddresses: seen } = s.runtime
  if (seen.size === 0) await recall(s)
  const now = s.now.getTime()
  const hosts = hostsOf(s.region)
  for (const name of seen.keys())
    if (name !== API_SERVER && !hosts.includes(name)) seen.delete(name)
  for (const host of hosts) note(seen, host, { found: await addressesOf(host), now })
  note(seen, API_SERVER, { found: await apiServer(s), now })
  s.next.addresses = {
    hosts: Object.fromEntries(hosts.map(host => [host, known(seen, host)])),
    apiServer: known(seen, API_SERVER).map(text => {
      const [ip = '', port] = text.split(' ')
      return { ip, port: Number(port) }
    }),
  }
  return done
}

export function addressesRef({ namespace }: PlacedScope): ObjectRef {
  return { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'addresses' }
}

interface ConfigMap extends KubernetesObject {
  data?: Record<string, string>
}

function configMap(s: PlacedScope): ConfigMap {
  const { apiVersion, kind, ...ref } = addressesRef(s)
  const { seenAddresses: seen } = s.runtime
  const data = Object.fromEntries(
    [...seen.keys()].map(name => [name, known(seen, name).join('\n')]),
  )
  return { apiVersion, kind, metadata: { ...ref, labels: s.labels }, data }
}

/** When they were seen last is not written down: they count as seen now. */
async function recall(s: PlacedScope): Promise<void> {
  const { signal } = s
  const stored = (await s.target.cluster.get(addressesRef(s), { signal })) as ConfigMap | undefined
  for (const [name, text] of Object.entries(stored?.data ?? {})) {
    const found = text.split('\n').filter(address => address !== '')
    note(s.runtime.seenAddresses, name, { found, now: s.now.getTime() })
  }
}

interface Found {
  found: readonly string[]
  now: number
}

/** What a name no longer has goes after a while, and never because nobody answers. */
function note(seen: SeenAddresses, name: string, { found, now }: Found): void {
  const addresses = seen.get(name) ?? new Map<string, number>()
  seen.set(name, addresses)
  for (const address of found) addresses.set(address, now)
  if (found.length === 0) return
  for (const [address, at] of addresses) if (now - at > KEPT_MS) addresses.delete(address)
}

function known(seen: SeenAddresses, name: string): string[] {
  return [...(seen.get(name)?.keys() ?? [])].sort()
}

function hostsOf({ spec }: Region): string[] {
  const urls = [spec.backup?.endpoint, collectorOf(spec)].filter(url => url !== undefined)
  const names = urls.map(url => new URL(url).hostname)
  return [...new Set(names)].filter(
    name => !isIP(name) && !name.startsWith('[') && !IN_CLUSTER.test(name),
  )
}

const IN_CLUSTER = /\.svc(\.|$)/

/** None when the name is not known now. */
async function addressesOf(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address)
  } catch {
    return []
  }
}

interface EndpointSlice extends KubernetesObject {
  endpoints?: { addresses?: string[] }[]
  ports?: { port?: number }[]
}

/** As `IP PORT`. An API server that is restarted takes its own away meanwhile. */
async function apiServer({ target, signal }: PlacedScope): Promise<Addresses['hosts'][string]> {
  const ref = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    namespace: 'default',
    name: 'kubernetes',
  }
  const slice = (await target.cluster.get(ref, { signal })) as EndpointSlice | undefined
  const ips = slice?.endpoints?.flatMap(({ addresses = [] }) => addresses) ?? []
  const port = slice?.ports?.[0]?.port ?? 443
  return ips.map(ip => `${ip} ${port}`)
}
