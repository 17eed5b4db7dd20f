import type { KubernetesObject } from '../../cluster/object.ts'
import { ROUTES } from '../../edge/routes.ts'
import { fenced } from '../../fence.ts'
import { ensureRegionAuthority } from '../../secrets/region-authority.ts'
import { done, type Outcome, refused } from '../outcome.ts'
import { authorityInput } from './authority.ts'
import { edgeState } from './edge.ts'
import type { PlacedScope } from './scope.ts'

/** Tenants of a paused Region are looked after all the same. What they need of it is read as it is. */

/** The keys, also those that are due. */
export async function readAuthority(s: PlacedScope): Promise<Outcome> {
  const cluster = fenced(s.target.cluster, () => false, 'the Region is paused')
  const input = { ...authorityInput(s), cluster, now: LONG_AGO, rotate: undefined }
  const { authority, refusals } = await ensureRegionAuthority(input, s.signal)
  if (!authority) return refused('CertificatesReady', 'Invalid', refusals.join('; '))
  s.next.authority = authority
  return done
}

/** Nothing is due then. */
const LONG_AGO = new Date(0)

interface ConfigMap extends KubernetesObject {
  data?: Record<string, string>
}

/** Where the edge leads. */
export async function readEdge(s: PlacedScope): Promise<Outcome> {
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: s.namespace, name: ROUTES.name }
  const stored = (await s.target.cluster.get(ref, { signal: s.signal })) as ConfigMap | undefined
  const lines = stored?.data?.[ROUTES.key]?.split('\n') ?? []
  const routes = lines.filter(line => line !== '' && !line.startsWith('#'))
  s.next.routes = new Set(routes.map(line => line.split(' ')[0] ?? ''))
  return edgeState(s)
}
