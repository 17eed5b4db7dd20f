import { networkPolicies } from '../../render/network-policies.ts'
import { inputOf } from './input.ts'
import { deleteLeft } from './prune.ts'
import type { StackScope } from './scope.ts'

/** Names of the network policies that the tenant has. */
export function waysOf(s: StackScope): ReadonlySet<string> {
  return new Set(networkPolicies(inputOf(s)).map(({ metadata }) => metadata.name))
}

/** Deletes policies of ours that are no longer rendered: `prune` comes after much that may fail for ever. */
export async function closeWays(s: StackScope): Promise<void> {
  const own = waysOf(s)
  await deleteLeft(s, ({ kind, name }) => kind === 'NetworkPolicy' && !own.has(name))
}
