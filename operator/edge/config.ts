import type { KubernetesObject } from '../cluster/object.ts'
import { haproxyConfig } from './haproxy-config.ts'
import type { EdgeInput } from './input.ts'
import { EDGE, owned } from './owned.ts'

/** Above 1024: the pods are not root. */
export const PORTS = { tls: 8443, xmpp: 5222, health: 8404 } as const

/** Of the tenants' Services. */
const SERVICE_PORTS = { api: 443, ingest: 5222 } as const

/** Where the containers find things. */
export const PATHS = {
  config: '/etc/platen/edge',
  routes: '/etc/platen/edge-routes',
  /** HAProxy's socket, and its map; shared by both containers, it outlives either. */
  run: '/run/platen-edge',
} as const

export const SOCKET = `${PATHS.run}/haproxy.sock`
export const MAP = `${PATHS.run}/routes.map`
export const CONFIG_FILE = 'haproxy.cfg'

/** A customer's sites may share one address; somebody who only opens connections should not get all of them. */
const PER_SOURCE = {
  all: 2_000,
  fresh: 200,
  /** The smallest tenant's API has 500 (services/api/limits.ts), and an edge two pods. */
  toOneApi: 200,
}

/** By both entrances together a quarter of what a pod has: one tenant's flood leaves the others room. */
const PER_TENANT = {
  all: 4_000,
  /** As many monitors come back within ten seconds. */
  fresh: { tls: 150, xmpp: 300 },
}

export function configOf({ region }: EdgeInput): string {
  // Only there is the source address that of the client: see service.ts.
  const seesSources = (region.spec.edge?.serviceType ?? 'LoadBalancer') === 'LoadBalancer'
  return haproxyConfig({
    xmppPort: PORTS.xmpp,
    tlsPort: PORTS.tls,
    healthPort: PORTS.health,
    ingestPort: SERVICE_PORTS.ingest,
    apiPort: SERVICE_PORTS.api,
    socket: SOCKET,
    map: MAP,
    perTenant: PER_TENANT,
    ...(seesSources && { perSource: PER_SOURCE }),
  })
}

export function configMap(input: EdgeInput): KubernetesObject {
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: EDGE }
  return owned(input, ref, { data: { [CONFIG_FILE]: configOf(input) } })
}
