import type { KubeObject } from '../../kubernetes/rest.ts'
import { regionalNodes, serverOf } from './check.ts'
import type { Seen } from './look.ts'
import { defaultClass, regionalClass } from './mark.ts'
import type { Place } from './setting.ts'
import { installStore, storeElsewhere } from './store.ts'

/**
 * What a platform team has before it installs Platen: a StorageClass for each region, by which all that follows is known
 * as ours, and object stores.
 * @param places the operator's first.
 * @returns ports on which the operator calls API servers and object stores.
 */
export async function prepare(places: Place[]): Promise<number[]> {
  for (const place of places) await mark(place)
  const ports = await installStores(places)
  const servers = places.flatMap(({ seen }) => [serverOf(seen), `https://${seen.endpoint}`])
  return [...new Set([...CHART_PORTS, ...ports, ...servers.map(portOf)])]
}

/** The chart's own: `networkPolicy.egressPorts`. */
const CHART_PORTS = [443, 6443, 4318]

const portOf = (url = '') => Number(new URL(url).port || 443)

async function mark({ cluster, seen, region }: Place): Promise<void> {
  const storageClass = defaultClass(seen.storageClasses)
  const input = [regionalClass(storageClass, region.cluster.region)]
  await cluster.kubectl(['apply', '--server-side', '-f', '-'], { input })
}

async function installStores(places: Place[]): Promise<number[]> {
  const ports = await Promise.all(
    places.map(({ region, cluster }) => installStore(region, cluster)),
  )
  const [management, ...others] = places
  const ways = others.flatMap(({ region, seen }, index) =>
    storeElsewhere(region, { address: addressOf(seen), port: ports[index + 1] ?? 0 }),
  )
  await management?.cluster.kubectl(['apply', '--server-side', '-f', '-'], { input: ways })
  return ports
}

/** Of a node, as other machines reach it. */
function addressOf(seen: Seen): string {
  const { addresses } = regionalNodes(seen)[0].status
  return addresses.find(({ type }: KubeObject) => type === 'InternalIP').address
}
