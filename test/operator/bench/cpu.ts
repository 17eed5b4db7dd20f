import { cpuSeconds } from '../../bench/cpu.ts'
import type { ControlPlane } from '../../kubernetes/index.ts'

/** CPU seconds by process. `bench` is this one: the loop, or the stand-ins. */
export type Cpu = Record<'bench' | 'API server' | 'etcd' | 'controller manager', number>

/** Starts counting; the answer is what was used since. */
export function countCpu(plane: ControlPlane): () => Cpu {
  const { etcd, apiServer = 0, controllerManager = 0 } = plane.pids()
  const now = (): Cpu => {
    const { user, system } = process.cpuUsage()
    return {
      bench: (user + system) / 1e6,
      'API server': cpuSeconds(apiServer),
      etcd: cpuSeconds(etcd),
      'controller manager': cpuSeconds(controllerManager),
    }
  }
  const before = now()
  return () => {
    const after = Object.entries(now()) as [keyof Cpu, number][]
    return Object.fromEntries(after.map(([name, seconds]) => [name, seconds - before[name]])) as Cpu
  }
}
