import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run, succeeds } from './run.ts'

/**
 * What a cluster could leave behind on this machine, each as a sorted list of names. Others work on it at the same time:
 * mounts, cgroups and the like count when their names could come from a cluster.
 */
export interface Footprint {
  /** Those that name the clusters' folder, or are in a node's cgroup. */
  processes: string[]
  mounts: string[]
  interfaces: string[]
  networkNamespaces: string[]
  cgroups: string[]
  tables: string[]
  folders: string[]
}

const LIKE_OURS = /platen|^pl-|containerd|kubelet|kubepods|kube-|cni/
const likeOurs = (name: string) => LIKE_OURS.test(name)

/** @param home the folder of the clusters. */
export async function footprint(home: string): Promise<Footprint> {
  return {
    processes: processes(home),
    mounts: lines(readFileSync('/proc/self/mounts', 'utf8')).filter(likeOurs),
    interfaces: readdirSync('/sys/class/net').filter(likeOurs).sort(),
    networkNamespaces: foldersIn('/run/netns').filter(name => name.startsWith('platen-')),
    cgroups: cgroups('/sys/fs/cgroup').filter(likeOurs).sort(),
    tables: (await succeeds('nft', ['--version']))
      ? lines(await run('nft', ['list', 'tables']))
      : [],
    folders: foldersIn(home),
  }
}

const foldersIn = (folder: string) => (existsSync(folder) ? readdirSync(folder).sort() : [])
const lines = (text: string) => text.trim().split('\n').filter(Boolean).sort()

function processes(home: string): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && isOurs(name, home))
    .map(nameOf)
    .sort()
}

/** One that has just ended is nobody's. */
function isOurs(pid: string, home: string): boolean {
  try {
    if (readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes('platen-')) return true
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(home)
  } catch {
    return false
  }
}

function nameOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return `process ${pid}`
  }
}

function cgroups(folder: string): string[] {
  const below = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory())
  return below.flatMap(({ name }) => [join(folder, name), ...cgroups(join(folder, name))])
}
