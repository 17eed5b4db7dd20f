import { helm } from '../../charts/chart.ts'
import type { ClusterAccess } from '../../kubernetes/access.ts'
import { OPERATOR_NAMESPACE } from './operator.ts'

export async function uninstallOperator({ kubeconfig }: ClusterAccess): Promise<void> {
  const release = ['platen-operator', '--namespace', OPERATOR_NAMESPACE]
  const patience = ['--ignore-not-found', '--wait', '--timeout=5m']
  await helm('--kubeconfig', kubeconfig, 'uninstall', ...release, ...patience)
}

/** All Tenants and Regions, and their kinds, after `uninstallOperator`: nobody is there any more to give up the finalizers. */
export async function deleteResources(cluster: ClusterAccess): Promise<void> {
  for (const kind of ['tenants', 'regions']) await deleteKind(cluster, kind)
}

async function deleteKind(cluster: ClusterAccess, kind: string): Promise<void> {
  const definition = `${kind}.platen.dev`
  const definitions = await cluster.kubectl(['get', 'crd', '--output=name'])
  if (!definitions.split('\n').some(name => name.endsWith(`/${definition}`))) return
  const names = await cluster.kubectl(['get', definition, '--output=name'])
  for (const name of names.split('\n').filter(Boolean)) {
    await cluster.kubectl(['patch', name, '--type=merge', `--patch=${NO_FINALIZERS}`])
  }
  await cluster.kubectl(['delete', 'crd', definition, '--ignore-not-found', '--timeout=5m'])
}

const NO_FINALIZERS = JSON.stringify({ metadata: { finalizers: null } })
