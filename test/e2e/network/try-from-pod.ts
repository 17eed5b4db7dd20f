import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { run } from '../../cluster/run.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import type { Outcome, Target } from './connect.ts'

const CONNECT = fileURLToPath(new URL('connect.ts', import.meta.url))

/**
 * Real connections out of a pod that runs: from its network namespace, with its address, past the rules that hold for it.
 * What its images contain does not matter, and nothing in the pod is touched.
 */
export async function tryFrom(pod: KubeObject, targets: Target[]): Promise<Outcome[]> {
  const args = [`--target=${processOf(pod)}`, '--net', process.execPath, CONNECT]
  return JSON.parse(await run('nsenter', [...args, JSON.stringify(targets)]))
}

/** A process of the pod as this machine numbers it: the kubelet's cgroups carry the pod's uid. */
export function processOf({ metadata }: KubeObject): number {
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    if (cgroupsOf(pid).includes(`/pod${metadata.uid}/`)) return Number(pid)
  }
  throw new Error(`cannot enter ${metadata.namespace}/${metadata.name}: no process of it runs here`)
}

/** Empty for one that has just ended. */
function cgroupsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8')
  } catch {
    return ''
  }
}
