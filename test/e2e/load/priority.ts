import { rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isUnified, makeLoadCgroup } from '../../cluster/cgroups.ts'

/**
 * Lets a process run only while nobody else wants the CPU: `cpu.idle` of control groups, which also holds against processes
 * of other groups, as a nice value does not. Disposed of once the process has ended.
 */
export function runIdle(pid: number): Disposable {
  return runAlone(pid, 'cpu.idle', 1)
}

/**
 * Gives a process the CPU as soon as it wants it, as one has it that runs on another machine: the most that a control group
 * can weigh. Disposed of once the process has ended.
 */
export function runFirst(pid: number): Disposable {
  return isUnified ? runAlone(pid, 'cpu.weight', 10_000) : runAlone(pid, 'cpu.shares', 262_144)
}

/** In a control group of its own. */
function runAlone(pid: number, setting: string, value: number): Disposable {
  const folder = makeLoadCgroup(pid)
  writeFileSync(join(folder, setting), `${value}`)
  writeFileSync(join(folder, 'cgroup.procs'), `${pid}`)
  return { [Symbol.dispose]: () => rmdirSync(folder) }
}
