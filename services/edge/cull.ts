import { type HostMap, targetOf } from './map.ts'
import type { Runtime } from './runtime.ts'

/** Ends the connections that lead to where no route leads any more, and says how many they were. */
export async function cull(runtime: Runtime, map: HostMap): Promise<number> {
  const targets = [...map.values()].map(targetOf)
  const open = new Map<string, Set<string | undefined>>([
    ['ingest', new Set(targets.map(({ ingest }) => ingest))],
    ['api', new Set(targets.map(({ api }) => api))],
  ])
  const stray: string[] = []
  for await (const { id, backend, address } of runtime.sessions()) {
    if (open.get(backend)?.has(address) === false) stray.push(id)
  }
  await runtime.end(stray)
  return stray.length
}
