import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { ADMIN, accessTo, type ClusterAccess, kubeconfigFile } from '../../kubernetes/access.ts'
import { findAssets } from '../../kubernetes/assets.ts'
import { CLUSTERS } from '../clusters.ts'
import { run } from '../run.ts'
import { type Contexts, folderOf } from './state.ts'

/**
 * Access to the clusters of the contexts, in the order of CLUSTERS and by their names. Each gets a kubeconfig of its own,
 * of what $KUBECONFIG or ~/.kube/config say now.
 * @throws one sentence when there is no such context, or it proves who one is in a way that is not known here.
 */
export async function connectAll(contexts: Contexts): Promise<ClusterAccess[]> {
  const { kubectl } = await findAssets(['kubectl'])
  const texts: string[] = []
  for (const context of contexts) texts.push(await kubeconfigOf(context, kubectl))
  return texts.map((text, index) => {
    const { name } = CLUSTERS[index] ?? { name: '' }
    const directory = folderOf({ name })
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    writeFileSync(kubeconfigFile(directory, ADMIN.user), text, { mode: 0o600 })
    return accessTo({ name, directory })
  })
}

/** Of an earlier `up`; without those whose folder somebody has deleted. */
export function knownClusters(): ClusterAccess[] {
  return CLUSTERS.map(({ name }) => ({ name, directory: folderOf({ name }) }))
    .filter(({ directory }) => existsSync(directory))
    .map(accessTo)
}

/** One context alone, in JSON, with the content of the files that it names. */
async function kubeconfigOf(context: string, kubectl: string): Promise<string> {
  const names = (await run(kubectl, ['config', 'get-contexts', '--output=name'])).split('\n')
  if (!names.includes(context)) {
    const known = names.filter(Boolean).join(', ') || 'none'
    throw new Error(
      `cannot use context ${context}: $KUBECONFIG or ~/.kube/config has none of that name, but ${known}; give one of these`,
    )
  }
  const view = ['config', 'view', '--minify', '--flatten', '--raw', '--output=json']
  const text = await run(kubectl, [...view, '--context', context])
  if (isPlain(JSON.parse(text))) return text
  throw new Error(
    `cannot use context ${context}: it has no certificate authority, or neither a client certificate nor a token; make a kubeconfig with a token: kubectl --context ${context} create token`,
  )
}

interface Kubeconfig {
  clusters: { cluster: Record<string, unknown> }[] | null
  users: { user: Record<string, unknown> }[] | null
}

/** Plugins that sign in are not run. */
function isPlain({ clusters, users }: Kubeconfig): boolean {
  const { 'certificate-authority-data': authority } = clusters?.[0]?.cluster ?? {}
  const { token, 'client-certificate-data': certificate } = users?.[0]?.user ?? {}
  return Boolean(authority && (token || certificate))
}
