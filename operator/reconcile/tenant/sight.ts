import { bucketName } from '../../residency/backup-location.ts'
import { findForeign, foreignAgainAt } from '../../residency/foreign.ts'
import type { Sighting } from '../../residency/sighting.ts'
import { newestOf } from '../apply.ts'
import { lookAgain } from '../outcomes.ts'
import { type Asked, askStore } from '../region/backup.ts'
import type { TenantMemory } from '../region/runtime.ts'
import type { StackScope } from './scope.ts'
import { waysOf } from './ways.ts'

/** What nobody could look at for so long is not known any more. */
const FORGOTTEN_MS = 2 * 3_600_000

/** All that is known of where the tenant is; no call is made. */
export function sightingOf(
  s: StackScope,
  { foreign }: TenantMemory,
  known: Pick<Sighting, 'committed' | 'before'>,
): Sighting {
  const { region, tenant, runtime, target, context } = s
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: s.namespace }
  const isRecent = foreign && s.now.getTime() - foreign.at < FORGOTTEN_MS
  const { backup } = context
  return {
    region,
    tenant,
    annotations: newestOf(target, ref)?.annotations,
    objects: target.cache.ofTenant(tenant.metadata.name),
    volume: name => target.cache.volume(name),
    places: runtime.places,
    policies: waysOf(s),
    foreign: isRecent ? foreign.found : undefined,
    ...(backup && { backup }),
    ...known,
  }
}

/** Asks what no watch tells, where it is time; not while there is nothing to protect yet. */
export async function lookAround(s: StackScope, memory: TenantMemory): Promise<void> {
  const objects = s.target.cache.ofTenant(s.tenant.metadata.name)
  if (!objects.some(({ facts }) => facts.kind === 'pod' || facts.kind === 'claim')) return
  if (s.now.getTime() >= foreignAgainAt(memory.foreign)) await lookForForeign(s, memory)
  lookAgain(s, new Date(foreignAgainAt(memory.foreign)))
}

/** What ends a violation was seen after it had begun; the answers of before say nothing. */
export async function lookOnceMore(s: StackScope, memory: TenantMemory): Promise<void> {
  delete memory.foreign
  await askOnceMore(s, memory.violatedAt ?? s.now.getTime())
  await lookForForeign(s, memory)
}

/** The next one who asks finds this answer. */
async function askOnceMore(s: StackScope, began: number): Promise<void> {
  const { context, region } = s
  const { backup: wanted } = region.spec
  if (!wanted || isAfter(context.backup, bucketName(wanted), began)) return
  const asked: Asked = { copies: context.copies }
  await askStore(asked, wanted, s)
  if (asked.backup?.kind !== 'seen') {
    throw new Error(asked.backup?.message ?? 'cannot ask where the backups are: no credentials')
  }
  Object.assign(context, asked)
}

type Answer = StackScope['context']['backup']

function isAfter(answer: Answer, bucket: string, began: number): boolean {
  return answer?.kind === 'seen' && answer.bucket === bucket && answer.at.getTime() > began
}

async function lookForForeign(s: StackScope, memory: TenantMemory): Promise<void> {
  const found = await findForeign(s.target.cluster, s.tenant.metadata.name, s.signal)
  memory.foreign = { found, at: s.now.getTime() }
}
