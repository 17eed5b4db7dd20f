import { list, optional, type Settings, text } from '@platen/telemetry'

export interface EdgeSettings {
  /** The region's routes, as the operator writes them. */
  routesFile: string
  /** HAProxy's map, which it loads when it starts. The agent writes it; HAProxy's configuration calls it the same. */
  mapFile: string
  /** HAProxy's runtime socket. */
  socket: string
  /** Absent: as the search list of /etc/resolv.conf has it. */
  clusterDomain: string | undefined
  /** Name servers, as `address` or `address:port`. Absent: the system's. */
  dnsServers: string[] | undefined
}

/** The agent's environment variables, beside those that every process has. */
export const SETTINGS: Settings<EdgeSettings> = {
  routesFile: text('PLATEN_EDGE_ROUTES'),
  mapFile: text('PLATEN_EDGE_MAP'),
  socket: text('PLATEN_EDGE_SOCKET'),
  clusterDomain: optional(text('PLATEN_CLUSTER_DOMAIN')),
  dnsServers: optional(list('PLATEN_DNS_SERVERS')),
}
