import type { Party } from './parties.ts'

// The ways that DESIGN.md and docs/operator.md ("The ways that are open") draw: `ROLE > ROLE:PORT`. What is not here is closed.

/** Inside of a region; each has a cluster of its own here. */
const IN_REGION = [
  'edge > ingest:5222',
  'edge > api:8443',
  'database > object store:443',
  // These lead back to the edge itself.
  'edge > load balancer:443',
  'edge > load balancer:5222',
]

/** Between the parts of one tenant. */
const IN_TENANT = ['ingest > database:5432', 'api > database:5432']

/**
 * A customer's site is outside of the platform: its chart opens 443 and 5222 to anywhere (docs/monitor.md), and that of the
 * demonstration 8443, which is what 443 of the cluster's own edge becomes. Whoever serves the whole world there is reached.
 */
const FROM_SITE = [
  'monitor > edge:8443',
  'monitor > edge:5222',
  'monitor > load balancer:443',
  'monitor > load balancer:5222',
  'monitor > object store:443',
]

type End = Pick<Party, 'name' | 'cluster'>

export function isDrawn(from: End, to: End, port: number): boolean {
  const way = `${roleOf(from)} > ${roleOf(to)}:${port}`
  if (FROM_SITE.includes(way)) return true
  if (IN_TENANT.includes(way)) return ownerOf(from) === ownerOf(to)
  return IN_REGION.includes(way) && from.cluster.name === to.cluster.name
}

const roleOf = ({ name }: End) => name.split('/').at(-1)
const ownerOf = ({ name }: End) => name.split('/')[0]
