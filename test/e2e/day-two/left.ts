import { CLUSTERS } from '../../cluster/clusters.ts'
import type { TenantPlan } from '../../cluster/platform/places.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import type { Platform } from '../platform.ts'
import { objectsBelow, volumeOf } from '../support/bucket.ts'

/** What there is of a tenant, anywhere. */
export interface Left {
  /** `CLUSTER: KIND/NAME`, of every kind that the API servers serve. */
  objects: string[]
  /** The folder of the database's volume on the node. */
  volume: string | undefined
  /** How many files its backups are. */
  backups: number
}

/** Looks through both clusters, the node's volumes, and the bucket. */
export async function leftOf(platform: Platform, tenant: TenantPlan): Promise<Left> {
  const objects = await Promise.all(
    CLUSTERS.map(async cluster => {
      const found = await objectsOf(platform.cluster(cluster), tenant)
      return found.map(name => `${cluster.name}: ${name}`)
    }),
  )
  const { cluster } = tenant.region
  return {
    objects: objects.flat().sort(),
    volume: volumeOf(cluster, `tenant-${tenant.name}`, 'data-database-0'),
    backups: objectsBelow(cluster, `${tenant.name}/`).length,
  }
}

/** All that is in its namespace, has its label, or names it: its routes and the volumes that its claims had. */
async function objectsOf(
  { kubectl }: ReturnType<Platform['cluster']>,
  { name }: TenantPlan,
): Promise<string[]> {
  const listed = await kubectl(['api-resources', '--verbs=list', '--output=name'])
  const kinds = listed.split('\n').filter(kind => kind !== '' && !HISTORY.test(kind))
  const args = ['get', kinds.join(','), '--all-namespaces', '--ignore-not-found', '--output=json']
  const { items } = JSON.parse(await kubectl(args))
  return items.filter((object: KubeObject) => isOf(object, name)).map(nameOf)
}

/** Events tell what was, and go by themselves after an hour; metrics are no objects. */
const HISTORY = /^events\b|metrics\.k8s\.io$/

function isOf({ kind, metadata, spec, data }: KubeObject, name: string): boolean {
  const namespace = `tenant-${name}`
  if (metadata.namespace === namespace || metadata.labels?.['platen.dev/tenant'] === name)
    return true
  if (kind === 'Namespace' || kind === 'Tenant') return [name, namespace].includes(metadata.name)
  if (kind === 'PersistentVolume') return spec.claimRef?.namespace === namespace
  return metadata.name === 'edge-routes' && JSON.stringify(data).includes(` ${namespace}\\n`)
}

const nameOf = ({ kind, metadata }: KubeObject) => `${kind}/${metadata.name}`
