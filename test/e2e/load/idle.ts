import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = '/sys/fs/cgroup'

/**
 * Lets a process run only while nobody else wants the CPU: `cpu.idle` of control groups, which also holds against processes
 * of other groups, as a nice value does not. Disposed of once the process has ended.
 */
export function runIdle(pid: number): Disposable {
  const isUnified = existsSync(join(ROOT, 'cgroup.controllers')) // version 2
  const folder = join(ROOT, isUnified ? '' : 'cpu', `platen-idle-${pid}`)
  mkdirSync(folder)
  writeFileSync(join(folder, 'cpu.idle'), '1')
  writeFileSync(join(folder, 'cgroup.procs'), `${pid}`)
  return { [Symbol.dispose]: () => rmdirSync(folder) }
}
