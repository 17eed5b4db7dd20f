import type { KubernetesObject } from '../cluster/object.ts'
import { BACKUP_KEYS, DATABASE } from '../names.ts'
import { BACKUP_SECRET, type Backup, backupOf } from './backup-folder.ts'
import { clusterName } from './database-address.ts'
import { sharedBuffers } from './database-statefulset.ts'
import type { TenantInput } from './input.ts'
import { inheritedLabels, PARTS } from './labels.ts'
import { owned } from './owned.ts'
import { placement } from './pods.ts'
import { bytes } from './quantity.ts'
import { type Archive, archiveOf } from './served.ts'
import { resourcesOf, sizingOf } from './sizes.ts'

const API = 'postgresql.cnpg.io/v1'
const METHOD = 'barmanObjectStore'

/** Instances are shut down in order, and their volumes kept: https://cloudnative-pg.io/documentation/1.30/declarative_hibernation/ */
export const HIBERNATION = { 'cnpg.io/hibernation': 'on' }

/**
 * CloudNativePG's Cluster, and its ScheduledBackup where the Region has a backup. While `spec.restore` is carried out it
 * sleeps, with all its data, and beside it another one is made of the backup.
 * @see https://cloudnative-pg.io/documentation/1.30/cloudnative-pg.v1/
 */
export function cloudNativePgDatabase(input: TenantInput): KubernetesObject[] {
  const { recovery } = input
  const recovered = recovery
    ? [cluster(input, recovery.cluster, recover(input, recovery.from))]
    : []
  if (recovery?.isFirst) return recovered
  const serving = cluster(input, clusterName(input), initialize)
  if (input.tenant.spec.suspend || input.restoring) serving.metadata.annotations = HIBERNATION
  return [serving, ...recovered, ...scheduledBackup(input)]
}

function cluster(input: TenantInput, name: string, beginning: object): KubernetesObject {
  const ref = { apiVersion: API, kind: 'Cluster', name, part: PARTS.database }
  return owned(input, ref, { spec: { ...clusterSpec(input, name), ...beginning } })
}

/** The same for each Cluster: CloudNativePG looks there for database and owner as long as it lives. */
const APPLICATION = {
  database: DATABASE.name,
  owner: DATABASE.owner,
  secret: { name: 'database-owner' },
}

const initialize = {
  bootstrap: {
    initdb: {
      ...APPLICATION,
      dataChecksums: true,
      // `prepare` makes the other roles.
      postInitSQL: [`ALTER ROLE "${DATABASE.owner}" CREATEROLE`],
    },
  },
}

/** Of the last backup that had ended by then, and of the archive up to that time: https://cloudnative-pg.io/documentation/1.30/recovery/ */
function recover(input: TenantInput, from: Archive) {
  const backup = backupOf(input)
  const { restore } = input.tenant.spec
  if (!backup || !restore) throw new Error('cannot render a recovery: there is no backup to use')
  const source = 'backup'
  const recoveryTarget = { targetTime: restore.to }
  return {
    bootstrap: { recovery: { source, ...APPLICATION, recoveryTarget } },
    externalClusters: [{ name: source, barmanObjectStore: folder(input, backup, from) }],
  }
}

function clusterSpec(input: TenantInput, name: string) {
  const { region } = input
  const { instances, storage, ...compute } = sizingOf(input).database
  return {
    instances,
    // With barman-cloud, which in-tree backups run. The tag has to begin with PostgreSQL's version.
    imageName: `ghcr.io/cloudnative-pg/postgresql:${region.spec.database.version}-system-trixie`,
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
        labelSelector: { matchLabels: { 'cnpg.io/cluster': name } },
      },
    ],
    storage: { size: bytes(storage), storageClass: region.spec.placement.storageClassName },
    resources: resourcesOf(compute),
    postgresql: { parameters: { shared_buffers: sharedBuffers(compute) } },
    // Of a single instance it would stop every drain.
    enablePDB: instances > 1,
    ...objectStore(input, name),
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
function objectStore(input: TenantInput, name: string) {
  const backup = backupOf(input)
  if (!backup) return {}
  const archive = archiveOf(input.tenant, input.region.metadata.name, { name })
  const barmanObjectStore = {
    ...folder(input, backup, archive),
    data: { compression: 'gzip' },
    wal: { compression: 'gzip' },
  }
  return { backup: { barmanObjectStore, retentionPolicy: `${backup.retentionDays}d` } }
}

function folder(input: TenantInput, { bucket, endpoint }: Backup, { prefix, name }: Archive) {
  const key = (of: string) => ({ name: BACKUP_SECRET, key: of })
  return {
    destinationPath: `s3://${bucket}/${prefix}`,
    serverName: name,
    endpointURL: endpoint,
    ...(input.hasBackupAuthority && { endpointCA: key(BACKUP_KEYS.authority) }),
    s3Credentials: {
      accessKeyId: key(BACKUP_KEYS.id),
      secretAccessKey: key(BACKUP_KEYS.secret),
      // Signed for: without it us-east-1 is, and stores of other locations refuse.
      region: key(BACKUP_KEYS.region),
    },
  }
}

function scheduledBackup(input: TenantInput): KubernetesObject[] {
  const backup = backupOf(input)
  if (!backup) return []
  // Its Cluster cannot be changed: another Cluster has another one, which begins with a backup at once.
  const name = clusterName(input)
  return [
    owned(
      input,
      { apiVersion: API, kind: 'ScheduledBackup', name, part: PARTS.backup },
      {
        spec: {
          cluster: { name },
          method: METHOD,
          schedule: `0 ${backup.schedule}`, // its first field is the second
          immediate: true,
          backupOwnerReference: 'cluster',
          suspend: input.tenant.spec.suspend || input.restoring === true,
        },
      },
    ),
  ]
}

/** One that is not made by the schedule. */
export function cloudNativePgBackup(input: TenantInput, name: string): KubernetesObject {
  return owned(
    input,
    { apiVersion: API, kind: 'Backup', name, part: PARTS.backup },
    { spec: { cluster: { name: clusterName(input) }, method: METHOD } },
  )
}
