import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { KubernetesObject } from '../../cluster/object.ts'
import type { Addresses } from '../../render/index.ts'
import { collectorOf } from '../../residency/collector.ts'
import type { Region } from '../../resources/region.ts'
import { done, type Outcome } from '../outcome.ts'
import type { PlacedScope } from './scope.ts'

/** An address that a name had is kept for so long: names with many addresses show a few at a time. */
const KEPT_MS = 24 * 3_600_000

/** Network policies know no names: the addresses of the Region's endpoints, and of its cluster's API server. */
export async function addresses(s: PlacedScope): Promise<Outcome> {
  const { seenAddresses } = s.runtime
  const hosts: Addresses['hosts'] = {}
  for (const host of hostsOf(s.region)) {
    const now = s.now.getTime()
    for (const address of await addressesOf(host)) seenAddresses.set(`${host} ${address}`, now)
    hosts[host] = known(seenAddresses, host, now)
  }
  s.next.addresses = { hosts, apiServer: await apiServer(s) }
  return done
}

function hostsOf({ spec }: Region): string[] {
  const urls = [spec.backup?.endpoint, collectorOf(spec)].filter(url => url !== undefined)
  const names = urls.map(url => new URL(url).hostname)
  return [...new Set(names)].filter(
    name => !isIP(name) && !name.startsWith('[') && !IN_CLUSTER.test(name),
  )
}

const IN_CLUSTER = /\.svc(\.|$)/

/** None when the name is not known now: what was seen before stays. */
async function addressesOf(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address)
  } catch {
    return []
  }
}

function known(seen: Map<string, number>, host: string, now: number): string[] {
  const found: string[] = []
  for (const [key, at] of seen) {
    if (now - at > KEPT_MS) seen.delete(key)
    else if (key.startsWith(`${host} `)) found.push(key.slice(host.length + 1))
  }
  return found.sort()
}

interface EndpointSlice extends KubernetesObject {
  endpoints?: { addresses?: string[] }[]
  ports?: { port?: number }[]
}

async function apiServer({ target, signal }: PlacedScope): Promise<Addresses['apiServer']> {
  const ref = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    namespace: 'default',
    name: 'kubernetes',
  }
  const slice = (await target.cluster.get(ref, { signal })) as EndpointSlice | undefined
  const ips = slice?.endpoints?.flatMap(({ addresses = [] }) => addresses) ?? []
  const port = slice?.ports?.[0]?.port ?? 443
  return ips.sort().map(ip => ({ ip, port }))
}
