import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { ClusterPlan } from '../clusters.ts'
import { readJson, writeJson } from '../json.ts'
import { placesOf } from '../places.ts'
import { run } from '../run.ts'
import { inside } from './machine.ts'

/**
 * Brings image archives (docker-archive or OCI, by path) into a node; those that it has already are skipped.
 * @returns whether one took the place of another one: pods that run are still of that.
 */
export async function importImages(cluster: ClusterPlan, archives: string[]): Promise<boolean> {
  const file = join(placesOf(cluster.name).containerd, 'imported.json')
  const imported = readJson<Record<string, string>>(file) ?? {}
  let isReplaced = false
  for (const archive of archives) {
    const version = versionOf(archive)
    if (imported[archive] === version) continue
    const [command = '', ...args] = inside(cluster, [...CTR, 'image', 'import', archive])
    await run(command, args)
    isReplaced ||= imported[archive] !== undefined
    imported[archive] = version
    writeJson(file, imported)
  }
  return isReplaced
}

/** The kubelet looks for images in this namespace of containerd's. */
const CTR = ['ctr', '--namespace', 'k8s.io']

function versionOf(archive: string): string {
  const { mtimeMs, size } = statSync(archive)
  return `${mtimeMs} ${size}`
}
