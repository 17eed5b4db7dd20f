import type { KubeObject } from '../../kubernetes/rest.ts'

/** Containers whose use is told, by namespace and the beginning of the pod's name; nothing of Jobs. */
export interface Part {
  name: string
  namespace: string
  pods: string
  container: string
}

/** What a part has used so far, and uses now. */
export interface Usage {
  /** Of each of its containers, by pod and name: CPU time since it started, and when that was read, in ms since 1970. */
  cpu: Map<string, { seconds: number; at: number }>
  /** Bytes of all its containers that cannot be taken away from them. */
  workingSet: number
}

/**
 * Of a kubelet's summary (https://kubernetes.io/docs/reference/instrumentation/node-metrics/).
 * @throws when no container of the part runs.
 */
export function usageOf({ pods }: KubeObject, part: Part): Usage {
  const own = pods.filter(
    ({ podRef }: KubeObject) =>
      podRef.namespace === part.namespace && podRef.name.startsWith(part.pods),
  )
  const usage: Usage = { cpu: new Map(), workingSet: 0 }
  for (const { podRef, containers } of own) {
    for (const { name, cpu, memory } of containers) {
      if (name !== part.container) continue
      const at = Date.parse(cpu.time)
      usage.cpu.set(`${podRef.uid}/${name}`, { seconds: cpu.usageCoreNanoSeconds / 1e9, at })
      usage.workingSet += memory.workingSetBytes
    }
  }
  if (usage.cpu.size > 0) return usage
  throw new Error(`cannot measure ${part.name}: no container of it runs`)
}

/**
 * Thousandths of a CPU in the mean between two looks.
 * @throws when a container was started or ended in between.
 */
export function milliCpuBetween(before: Usage, after: Usage): number {
  let sum = 0
  for (const [container, { seconds, at }] of after.cpu) {
    const first = before.cpu.get(container)
    if (!first || first.seconds > seconds || after.cpu.size !== before.cpu.size) {
      throw new Error('cannot measure: a container was started or ended meanwhile')
    }
    sum += (1e6 * (seconds - first.seconds)) / (at - first.at)
  }
  return sum
}
