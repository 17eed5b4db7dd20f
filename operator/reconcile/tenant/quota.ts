import { type KubernetesObject, refOf } from '../../cluster/object.ts'
import { bytesOf } from '../../render/quantity.ts'
import { applyAll } from '../apply.ts'
import type { StackScope } from './scope.ts'
import { isSettled } from './turn.ts'

/**
 * The foundation as it may be applied now. While a tenant that shrinks still has its larger pods, a quota for the smaller
 * size would let no new one in: its database would wait for room that only the others, who wait for the database, can make.
 */
export async function withRoom(s: StackScope): Promise<KubernetesObject[]> {
  const { foundation } = s.stack
  if (hasArrived(s)) return foundation
  return await Promise.all(foundation.map(object => (isQuota(object) ? room(s, object) : object)))
}

/** Gives back what is no longer needed. */
export async function takeRoom(s: StackScope): Promise<void> {
  if (hasArrived(s)) await applyAll(s.target, s.stack.foundation.filter(isQuota), s.signal)
}

const hasArrived = (s: StackScope) => isSettled(s) && !s.held
const isQuota = ({ kind }: KubernetesObject) => kind === 'ResourceQuota'

async function room(s: StackScope, quota: KubernetesObject): Promise<KubernetesObject> {
  const { cluster, cache, writes } = s.target
  if (writes.isInSync(cache, quota)) return quota
  const stored = await cluster.get(refOf(quota), { signal: s.signal })
  if (!stored) return quota
  const hard = Object.entries(hardOf(quota)).map(([name, amount]) => [
    name,
    larger(amount, hardOf(stored)[name] ?? amount),
  ])
  return { ...quota, spec: { hard: Object.fromEntries(hard) } }
}

function hardOf({ spec }: KubernetesObject): Record<string, string> {
  return (spec as { hard?: Record<string, string> }).hard ?? {}
}

const larger = (a: string, b: string) => (amountOf(b) > amountOf(a) ? b : a)

function amountOf(quantity: string): number {
  return quantity.endsWith('m') ? Number.parseInt(quantity, 10) / 1000 : bytesOf(quantity)
}
