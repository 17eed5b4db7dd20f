import { PORT } from './printers.ts'

export interface MonitorOptions {
  /** Of all images, e.g. `localhost/platen`, and their tag. */
  registry: string
  version: string
  /** The tenant's address, the one-time code, and the PEM of the authority behind the address's certificate. */
  enrol: { url: string; code: string; certificateAuthority?: string }
  /** CIDR: where the site's printers get their addresses, e.g. the /24 of the node's pods. */
  networks: string[]
}

/**
 * Values of charts/platen-monitor for a site whose printers are those of `printers`. It looks more often than a real
 * site does: a demonstration lasts minutes.
 */
export function monitorValues({ registry, version, enrol, networks }: MonitorOptions) {
  return {
    enrol,
    networks,
    snmp: { port: PORT, communities: ['public'] },
    pollSeconds: 15,
    sweepSeconds: 30,
    outboxMb: 64,
    persistence: { size: '256Mi' },
    // In one cluster with the region's edge, policies see the port of the edge's pods instead of 443.
    networkPolicy: { egressPorts: [443, 5222, 8443] },
    image: { repository: `${registry}/platen-monitor`, tag: version },
  }
}
