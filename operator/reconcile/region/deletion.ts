import { refOf } from '../../cluster/object.ts'
import { LABELS, MANAGED_BY, regionNamespace } from '../../names.ts'
import { regionAdmission } from '../../residency/admission.ts'
import { newestOf } from '../apply.ts'
import { giveUpFinalizer, hasFinalizer } from '../finalizer.ts'
import { done, type Outcome, refused, waitFor } from '../outcome.ts'
import { cluster } from './cluster.ts'
import type { RegionRuntime } from './runtime.ts'
import type { RegionScope } from './scope.ts'
import { endUnattendedBackups } from './unattended.ts'

/** Only an empty Region goes: its tenants' data would be out of everybody's reach. */
export async function takeDown(s: RegionScope): Promise<Outcome> {
  if (!hasFinalizer(s.region)) return done
  const { name } = s.region.metadata
  s.conditions.set('Deleting', 'True', { reason: 'Deleting', message: 'the Region is taken down' })
  if (s.tenants.length > 0)
    return refuseTenants(
      name,
      s.tenants.map(({ metadata }) => metadata.name),
    )
  const connected = await cluster(s)
  if ('target' in connected) return await clear(s, connected)
  if (!('message' in connected)) return done
  // It never had keys, so there is nothing in a cluster that cannot be reached, or must not be used.
  const isComing = connected.reason === 'Waiting'
  if (!isComing && !s.region.status?.ledgerKeys) return await release(s)
  return waitFor(
    'Deleting',
    'Unreachable',
    `cannot delete Region ${name}: ${connected.message}`,
    30_000,
  )
}

function refuseTenants(region: string, names: string[]): Outcome {
  const count = names.length === 1 ? '1 tenant is' : `${names.length} tenants are`
  const some = names.sort().slice(0, 5).join(', ')
  const more = names.length > 5 ? ', ...' : ''
  return refused(
    'Deleting',
    'DeletionRefused',
    `cannot delete Region ${region}: ${count} in it (${some}${more}); delete them first`,
  )
}

/** Namespaces that deleted Tenants left stay, and with them the keys that their ledgers and certificates need. */
async function clear(s: RegionScope, { target }: RegionRuntime): Promise<Outcome> {
  const { name } = s.region.metadata
  const { signal } = s
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: regionNamespace(name) }
  const names = await retained(s, target)
  if (names.length > 0) {
    // Nobody asks any more where the bucket is.
    await endUnattendedBackups(s, target)
    if (await takeDownEdge(s, target)) {
      return waitFor('Deleting', 'Deleting', 'taking the edge down', 2_000)
    }
    s.report.normal(
      'Retained',
      `namespace ${ref.name} stays, because the data in ${names.join(', ')} needs its keys`,
    )
    return await release(s)
  }
  const observed = newestOf(target, ref)
  const isOurs =
    observed?.labels[LABELS.managedBy] === MANAGED_BY && observed.labels[LABELS.region] === name
  if (observed && isOurs) {
    await target.cluster.delete(ref, observed.uid, { signal })
    return waitFor('Deleting', 'Deleting', `waiting for the end of namespace ${ref.name}`, 2_000)
  }
  await removeAdmission(s, target)
  return await release(s)
}

/** Nobody is served any more: of what is ours in the namespace only the Secrets stay. True: something is left. */
async function takeDownEdge(
  { region, signal }: RegionScope,
  { cache, cluster }: RegionRuntime['target'],
): Promise<boolean> {
  const { name } = region.metadata
  const left = cache
    .ofRegion(name)
    .filter(({ ref }) => ref.namespace === regionNamespace(name) && ref.kind !== 'Secret')
    .filter(({ labels }) => labels[LABELS.managedBy] === MANAGED_BY)
  for (const { ref, uid, deleting } of left)
    if (!deleting) await cluster.delete(ref, uid, { signal })
  return left.length > 0
}

async function retained({ region, signal }: RegionScope, { cluster }: RegionRuntime['target']) {
  const labelSelector = `${LABELS.region}=${region.metadata.name},${LABELS.tenant}`
  const names: string[] = []
  const kind = { apiVersion: 'v1', kind: 'Namespace' }
  for await (const { metadata } of cluster.list(kind, { labelSelector, signal })) {
    names.push(metadata.name)
  }
  return names
}

async function removeAdmission(s: RegionScope, target: RegionRuntime['target']): Promise<void> {
  for (const object of regionAdmission(s.region, '')) {
    const stored = await target.cluster.get(refOf(object), { signal: s.signal })
    const uid = stored?.metadata.uid
    if (uid !== undefined) await target.cluster.delete(refOf(object), uid, { signal: s.signal })
  }
}

async function release(s: RegionScope): Promise<Outcome> {
  await giveUpFinalizer(s.management, s.region, s.signal)
  await s.disconnect()
  s.isGone = true
  return done
}
