import type { KubernetesObject } from '../cluster/object.ts'
import { BACKUP_KEYS, DATABASE } from '../names.ts'
import { BACKUP_SECRET, backupFolder, backupOf } from './backup-folder.ts'
import { DATABASE_NAME, databaseSelector } from './database-address.ts'
import { sharedBuffers } from './database-statefulset.ts'
import type { TenantInput } from './input.ts'
import { inheritedLabels, PARTS } from './labels.ts'
import { owned } from './owned.ts'
import { placement } from './pods.ts'
import { bytes } from './quantity.ts'
import { resourcesOf, sizingOf } from './sizes.ts'

const API = 'postgresql.cnpg.io/v1'
const METHOD = 'barmanObjectStore'

/**
 * CloudNativePG's Cluster, and its ScheduledBackup where the Region has a backup.
 * @see https://cloudnative-pg.io/documentation/1.30/cloudnative-pg.v1/
 */
export function cloudNativePgDatabase(input: TenantInput): KubernetesObject[] {
  const cluster = owned(
    input,
    { apiVersion: API, kind: 'Cluster', name: DATABASE_NAME, part: PARTS.database },
    { spec: clusterSpec(input) },
  )
  // Instances are shut down in order, and their volumes kept: https://cloudnative-pg.io/documentation/1.30/declarative_hibernation/
  if (input.tenant.spec.suspend) cluster.metadata.annotations = { 'cnpg.io/hibernation': 'on' }
  return [cluster, ...scheduledBackup(input)]
}

function clusterSpec(input: TenantInput) {
  const { region } = input
  const { instances, storage, ...compute } = sizingOf(input).database
  return {
    instances,
    // With barman-cloud, which in-tree backups run. The tag has to begin with PostgreSQL's version.
    imageName: `ghcr.io/cloudnative-pg/postgresql:${region.spec.database.version}-system-trixie`,
    bootstrap: {
      initdb: {
        database: DATABASE.name,
        owner: DATABASE.owner,
        secret: { name: 'database-owner' },
        dataChecksums: true,
        // `prepare` makes the other roles.
        postInitSQL: [`ALTER ROLE "${DATABASE.owner}" CREATEROLE`],
      },
    },
    // Of ours without managed-by, name and component: CloudNativePG sets these to its own.
    inheritedMetadata: { labels: inheritedLabels(input) },
    serviceAccountName: PARTS.database.name,
    affinity: {
      ...cnpgPlacement(input),
      enablePodAntiAffinity: true,
      podAntiAffinityType: 'preferred',
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: databaseSelector(input) },
      },
    ],
    storage: { size: bytes(storage), storageClass: region.spec.placement.storageClassName },
    resources: resourcesOf(compute),
    postgresql: { parameters: { shared_buffers: sharedBuffers(compute) } },
    // Of a single instance it would stop every drain.
    enablePDB: instances > 1,
    ...objectStore(input),
  }
}

function cnpgPlacement(input: TenantInput) {
  const { affinity, ...rest } = placement(input)
  return { ...affinity, ...rest }
}

/**
 * In the tree of CloudNativePG 1.30; 1.31 wants its Barman Cloud plugin instead, which reads the same folders. Coming and
 * going it restarts no instance: the archive command is always set, and passes over segments while there is no store.
 */
function objectStore(input: TenantInput) {
  const backup = backupOf(input)
  if (!backup) return {}
  const { prefix, name } = backupFolder(input.tenant)
  const key = (of: string) => ({ name: BACKUP_SECRET, key: of })
  const barmanObjectStore = {
    destinationPath: `s3://${backup.bucket}/${prefix}`,
    serverName: name,
    endpointURL: backup.endpoint,
    s3Credentials: {
      accessKeyId: key(BACKUP_KEYS.id),
      secretAccessKey: key(BACKUP_KEYS.secret),
    },
    data: { compression: 'gzip' },
    wal: { compression: 'gzip' },
  }
  return { backup: { barmanObjectStore, retentionPolicy: `${backup.retentionDays}d` } }
}

function scheduledBackup(input: TenantInput): KubernetesObject[] {
  const backup = backupOf(input)
  if (!backup) return []
  return [
    owned(
      input,
      { apiVersion: API, kind: 'ScheduledBackup', name: DATABASE_NAME, part: PARTS.backup },
      {
        spec: {
          cluster: { name: DATABASE_NAME },
          method: METHOD,
          schedule: `0 ${backup.schedule}`, // its first field is the second
          immediate: true,
          backupOwnerReference: 'cluster',
          suspend: input.tenant.spec.suspend,
        },
      },
    ),
  ]
}

/** One more backup, before the database goes. */
export function cloudNativePgBackup(input: TenantInput, name: string): KubernetesObject {
  return owned(
    input,
    { apiVersion: API, kind: 'Backup', name, part: PARTS.backup },
    { spec: { cluster: { name: DATABASE_NAME }, method: METHOD } },
  )
}
