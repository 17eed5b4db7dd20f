import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClusterPlan } from './clusters.ts'

const ROOT = '/sys/fs/cgroup'

/** Version 2 has one hierarchy for all controllers, version 1 one for each. */
export const isUnified = existsSync(join(ROOT, 'cgroup.controllers'))

/** As the kubelet names it: below it are the pods of one node. */
export const cgroupOf = ({ name }: Pick<ClusterPlan, 'name'>) => `/platen-${name}`

/** The kubelet wants its own root in every hierarchy, and makes what is below it. */
export function makeCgroups(cluster: ClusterPlan): void {
  if (isUnified) passOnControllers()
  for (const hierarchy of hierarchies()) {
    const folder = join(hierarchy, cgroupOf(cluster))
    mkdirSync(folder, { recursive: true })
    // A cpuset is empty when it is made, and nothing can run in it (cpuset(7)).
    for (const file of ['cpuset.cpus', 'cpuset.mems'])
      copy(join(hierarchy, file), join(folder, file))
    for (const [file, share] of Object.entries(SHARES)) {
      if (existsSync(join(folder, file))) writeFileSync(join(folder, file), share)
    }
  }
}

/**
 * All pods of a node would otherwise have as much CPU as a single one of the machine's other processes, which are in no group:
 * both control planes, kubelets, containerds. On a node of its own those are in one group, and have a third at most.
 */
const SHARES = {
  'cpu.shares': '20480', // version 1; 1024 is a process's
  'cpu.weight': '2000', // version 2; 100 is a group's
}

/** To the groups below the root. Others may have come to need them: nobody takes that back. */
function passOnControllers(): void {
  const names = readFileSync(join(ROOT, 'cgroup.controllers'), 'utf8').trim().split(' ')
  writeFileSync(join(ROOT, 'cgroup.subtree_control'), names.map(name => `+${name}`).join(' '))
}

function hierarchies(): string[] {
  if (isUnified) return [ROOT]
  const each = readdirSync(ROOT, { withFileTypes: true }).filter(entry => entry.isDirectory())
  return each.map(({ name }) => join(ROOT, name))
}

function copy(from: string, to: string): void {
  if (!existsSync(from) || !existsSync(to)) return
  if (readFileSync(to, 'utf8').trim() === '') writeFileSync(to, readFileSync(from, 'utf8'))
}

/** Only once no process is left in them. */
export function removeCgroups(cluster: ClusterPlan): void {
  for (const hierarchy of hierarchies()) remove(join(hierarchy, cgroupOf(cluster)))
}

function remove(folder: string): void {
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) remove(join(folder, entry.name))
  }
  rmdirSync(folder)
}

const CPU = isUnified ? ROOT : join(ROOT, 'cpu')
const LOAD = 'platen-load-'

/**
 * The group of a process that loads the clusters from outside. It is beside their groups: below a common one it would only
 * compete with its sisters. One that a killed run has left has that run's settings, and goes first.
 */
export function makeLoadCgroup(pid: number): string {
  const folder = join(CPU, `${LOAD}${pid}`)
  if (existsSync(folder)) rmdirSync(folder)
  mkdirSync(folder)
  return folder
}

/** What killed runs have left; one in which a process still is stays. */
export function removeLoadCgroups(): void {
  if (!existsSync(CPU)) return
  const folders = readdirSync(CPU).filter(name => name.startsWith(LOAD))
  for (const folder of folders.map(name => join(CPU, name))) {
    if (readFileSync(join(folder, 'cgroup.procs'), 'utf8') === '') rmdirSync(folder)
  }
}
