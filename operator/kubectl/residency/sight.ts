import type { Entry } from '@platen/ledger'
import { tenantNamespace } from '../../names.ts'
import type { Region } from '../../resources/region.ts'
import type { Tenant } from '../../resources/tenant.ts'
import type { World } from '../command.ts'
import type { Kubectl } from '../kubectl.ts'
import { keptLines, newestOf } from '../ledger/kept.ts'
import type { Pod } from '../objects.ts'
import { homeOf } from '../read.ts'
import { type Seen, see, unseenIn } from '../seen.ts'
import {
  type Claim,
  type Node,
  type Place,
  podPlaces,
  type Volume,
  volumePlaces,
} from './places.ts'

/** What `residency -o json` prints. */
export interface ResidencySight {
  tenant: string
  /** As the operator published it last. */
  verified: 'True' | 'False' | 'Unknown'
  reason: string
  message: string
  country: string
  promised?: { region: string; label: string; place: string; countries: string[] }
  /** Of the ledger's newest entry. */
  head?: { sequence: number; hash: string; at: string }
  /** What that entry says was seen, as the cluster keeps it; nothing here verifies its signature. */
  newest?: Pick<Entry, 'sequence' | 'at' | 'verdict' | 'facts' | 'reasons'>
  /** What this command sees itself, now. */
  now: Place[]
  notReadable: string[]
}

export async function lookAtResidency(world: World, tenant: Tenant): Promise<ResidencySight> {
  const { region, kubectl } = await homeOf(world, tenant)
  const seen = kubectl.value ? await facts(kubectl.value, tenant.metadata.name) : {}
  const { entries, pods, nodes, claims, volumes } = seen as Partial<FactsSeen>
  const newest = newestOf(entries?.value ?? [])?.entry
  return {
    ...published(tenant),
    ...(region.value && { promised: promiseOf(region.value) }),
    ...(newest && { newest: told(newest) }),
    now: region.value
      ? [
          ...podPlaces(pods?.value ?? [], nodes?.value, region.value),
          ...volumePlaces(claims?.value ?? [], volumes?.value, region.value),
        ]
      : [],
    notReadable: unseenIn({ region, 'cluster of the region': kubectl, ...seen }),
  }
}

interface FactsSeen {
  entries: Seen<string[]>
  pods: Seen<Pod[]>
  nodes: Seen<Node[]>
  claims: Seen<Claim[]>
  volumes: Seen<Volume[]>
}

async function facts(
  kubectl: Kubectl,
  tenant: string,
): Promise<FactsSeen & Record<string, Seen<unknown>>> {
  const namespace = tenantNamespace(tenant)
  const [entries, pods, nodes, claims, volumes] = await Promise.all([
    see(() => keptLines(kubectl, tenant)),
    see(() => kubectl.list<Pod>('pods', { namespace })),
    see(() => kubectl.list<Node>('nodes')),
    see(() => kubectl.list<Claim>('persistentvolumeclaims', { namespace })),
    see(() => kubectl.list<Volume>('persistentvolumes')),
  ])
  return { entries, pods, nodes, claims, volumes }
}

function published({ metadata, spec, status = {} }: Tenant) {
  const condition = status.conditions?.find(({ type }) => type === 'ResidencyVerified')
  const { verified = 'Unknown', sequence, head, at } = status.residency ?? {}
  return {
    tenant: metadata.name,
    // The condition is set also where the ledger could not be written.
    verified: condition?.status ?? verified,
    reason: condition?.reason ?? 'NotObserved',
    message: condition?.message ?? '',
    country: status.country ?? spec.country,
    ...(sequence !== undefined &&
      head !== undefined && { head: { sequence, hash: head, at: at ?? '' } }),
  }
}

function promiseOf({ metadata, spec }: Region) {
  const { regionLabel, regionValue } = spec.placement
  return {
    region: metadata.name,
    label: regionLabel ?? 'topology.kubernetes.io/region',
    place: regionValue,
    countries: spec.countries,
  }
}

function told({ sequence, at, verdict, facts, reasons }: Entry) {
  return { sequence, at, verdict, facts, reasons }
}
