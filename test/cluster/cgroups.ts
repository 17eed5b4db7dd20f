import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClusterPlan } from './clusters.ts'

const ROOT = '/sys/fs/cgroup'

/** As the kubelet names it: below it are the pods of one node. */
export const cgroupOf = ({ name }: Pick<ClusterPlan, 'name'>) => `/platen-${name}`

/** The kubelet wants its own root in every hierarchy, and makes what is below it. */
export function makeCgroups(cluster: ClusterPlan): void {
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

/** Version 1 has a hierarchy for each controller, version 2 one for all. */
function hierarchies(): string[] {
  const controllers = join(ROOT, 'cgroup.controllers')
  if (!existsSync(controllers)) {
    const each = readdirSync(ROOT, { withFileTypes: true }).filter(entry => entry.isDirectory())
    return each.map(({ name }) => join(ROOT, name))
  }
  const enabled = readFileSync(controllers, 'utf8').trim().split(' ')
  writeFileSync(join(ROOT, 'cgroup.subtree_control'), enabled.map(name => `+${name}`).join(' '))
  return [ROOT]
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
