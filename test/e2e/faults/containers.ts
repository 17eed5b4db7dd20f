import { readdirSync, readFileSync } from 'node:fs'
import type { KubeObject } from '../../kubernetes/rest.ts'

/** SIGKILL to every process of a container, as this machine numbers them: as the kernel does when memory runs out. */
export function killContainer(pod: KubeObject, name: string): void {
  const status = pod.status.containerStatuses.find((one: KubeObject) => one.name === name)
  const id = status?.containerID?.replace('containerd://', '')
  if (!id) throw new Error(`cannot kill ${name} of ${pod.metadata.name}: it does not run`)
  const processes = readdirSync('/proc').filter(pid => /^\d+$/.test(pid) && isIn(pid, id))
  if (processes.length === 0) {
    throw new Error(`cannot kill ${name} of ${pod.metadata.name}: no process of it runs here`)
  }
  for (const pid of processes) killOne(Number(pid))
}

/** Short-lived ones end by themselves between the look and the signal. */
function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** One that has just ended is in none. */
function isIn(pid: string, container: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(container)
  } catch {
    return false
  }
}
