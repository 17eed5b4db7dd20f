import type { KubeObject, Rest } from '../../kubernetes/index.ts'
import { objectsIn } from '../support/index.ts'

/**
 * What a tenant's stack amounts to, without what differs between any two stacks: uids, times, hashes and random values.
 * `KIND NAME` to a JSON of the rest; names of pods and their claims' volumes are left out.
 */
export async function stateOf(
  rest: Rest,
  namespace: string,
  rename: (text: string) => string = text => text,
): Promise<Record<string, string>> {
  const objects = await objectsIn(rest, namespace)
  const ours = objects.filter(({ kind }) => kind !== 'Pod' && kind !== 'PersistentVolumeClaim')
  return Object.fromEntries(
    ours
      .map(object => [rename(nameOf(object)), rename(JSON.stringify(essenceOf(object)))])
      .sort(([a = ''], [b = '']) => a.localeCompare(b)),
  )
}

const HASH = /-[0-9a-f]{10}$/

const nameOf = ({ kind, metadata }: KubeObject) =>
  `${kind} ${metadata.namespace ?? ''}/${metadata.name.replace(HASH, '')}`

function essenceOf(object: KubeObject): object {
  const { kind, metadata, spec, data, type } = object
  const base = { labels: withoutHashes(metadata.labels), finalizers: metadata.finalizers }
  const isRandom = kind === 'Secret' || metadata.name === 'certificate-authority'
  if (isRandom) return { ...base, type, keys: Object.keys(data ?? {}).sort() }
  if (metadata.name === 'residency-ledger') return base
  return { ...base, spec: withoutHashes(spec), data: withoutHashes(data) }
}

/** Revisions and names of Jobs are hashes, schedules come of names, and uids are chosen by the server. */
function withoutHashes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null), (key, each) => {
    if (CHOSEN.test(key)) return undefined
    return each?.name === 'PLATEN_DATABASE_CLAIM' ? each.name : each
  })
}

const CHOSEN =
  /^(platen\.dev\/(revision|tenant-uid)|.*controller-uid|.*job-name|schedule|clusterIPs?|volumeName)$/
