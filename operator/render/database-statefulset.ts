import type { V1Container, V1PersistentVolumeClaimSpec } from '@kubernetes/client-node'
import type { KubernetesObject } from '../cluster/object.ts'
import { DATABASE } from '../names.ts'
import { BACKUP_CONFIG_FOLDER, backupConfigVolume } from './backup-config.ts'
import { isArchived } from './backup-folder.ts'
import { DATABASE_NAME } from './database-address.ts'
import { fromSecret, value } from './environment.ts'
import type { TenantInput } from './input.ts'
import { PARTS, selectorOf } from './labels.ts'
import { owned } from './owned.ts'
import { containerSecurity, image, podTemplate } from './pods.ts'
import { bytes } from './quantity.ts'
import { restoreVariables } from './restore.ts'
import { service } from './services.ts'
import { type Compute, KEEPER, resourcesOf, sizingOf } from './sizes.ts'

const PORT = { name: 'postgresql', port: DATABASE.port }

/** As a volumeClaimTemplate `data` would call it. */
export const CLAIM = `data-${DATABASE_NAME}-0`

/**
 * One PostgreSQL. What the image `platen-database` does with it:
 * - PGDATA is the folder of the cluster, made by initdb (checksums, superuser `postgres` by the socket only) if it is empty.
 * - At each start it makes sure that database POSTGRES_DB and its owner POSTGRES_USER exist, that the owner may create
 *   roles, is no superuser, and has POSTGRES_PASSWORD. Everybody else comes by `prepare`.
 * - It refuses to start on data of another major version than PG_MAJOR.
 * - The arguments are PostgreSQL's. SIGTERM ends in a fast shutdown.
 *
 * Where the Region has a backup, PostgreSQL hands each segment of its log to pgBackRest, and a second container of the same
 * image, `keep-backups`, makes the backups that are asked for: both need the files and the socket.
 */
export function statefulSetDatabase(input: TenantInput): KubernetesObject[] {
  const { storage, ...compute } = sizingOf(input).database
  const ref = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    name: DATABASE_NAME,
    part: PARTS.database,
  }
  const template = podTemplate(input, {
    part: PARTS.database,
    account: 'database',
    initContainers: restorer(input, compute),
    containers: [postgres(input, compute), ...(isArchived(input) ? [keeper(input)] : [])],
    volumes: [
      { name: 'data', persistentVolumeClaim: { claimName: CLAIM } },
      { name: 'run', emptyDir: { sizeLimit: '16Mi' } },
      { name: 'tmp', emptyDir: { sizeLimit: '1Gi' } },
      // Parallel queries share memory there; a container runtime's default of 64 MB ends them.
      { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: bytes(compute.memory / 4) } },
      ...(isArchived(input) ? [backupConfigVolume] : []),
    ],
    graceSeconds: 120, // a checkpoint of all that is dirty
  })
  return [
    claim(input, storage),
    service(input, PARTS.database, PORT),
    owned(input, ref, {
      spec: {
        replicas: input.tenant.spec.suspend ? 0 : 1,
        serviceName: DATABASE_NAME,
        // Otherwise a pod that does not get ready is waited for, also when what it is made of was taken back:
        // https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: selectorOf(input, PARTS.database) },
        template,
      },
    }),
  ]
}

/**
 * An object of its own and not a template of the StatefulSet: templates cannot be changed, so no volume could grow.
 */
function claim(input: TenantInput, storage: number): KubernetesObject {
  const ref = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: CLAIM, part: PARTS.database }
  const spec: V1PersistentVolumeClaimSpec = {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: bytes(storage) } },
    storageClassName: input.region.spec.placement.storageClassName,
  }
  return owned(input, ref, { spec })
}

function postgres(input: TenantInput, compute: Compute): V1Container {
  return {
    name: 'postgresql',
    image: image(input, 'database'),
    args: settings(input, compute),
    env: [
      value('PG_MAJOR', input.region.spec.database.version),
      PGDATA,
      value('POSTGRES_DB', DATABASE.name),
      fromSecret('POSTGRES_USER', 'database-owner', 'username'),
      fromSecret('POSTGRES_PASSWORD', 'database-owner', 'password'),
      ...archiveQueue(input),
    ],
    ports: [{ name: PORT.name, containerPort: PORT.port, protocol: 'TCP' }],
    resources: resourcesOf(compute),
    // Recovery after a crash reads all that was written since the last checkpoint: an hour for it.
    startupProbe: { ...asks(isReady), periodSeconds: 5, failureThreshold: 720 },
    // Its port is open while it recovers, too, which the startup probe has waited for. The other two start a process in the
    // container each time: asked every few seconds, they cost a node more than the databases at rest.
    readinessProbe: { tcpSocket: { port: PORT.port }, periodSeconds: 5, failureThreshold: 2 },
    // 2: no answer at all. 1, too busy or going down, is no reason to kill it.
    livenessProbe: { ...asks(`${isReady}; test $? -ne 2`), periodSeconds: 20, failureThreshold: 3 },
    securityContext: containerSecurity,
    volumeMounts: [...mounts(input), { name: 'shm', mountPath: '/dev/shm' }],
  }
}

/** Without probes: what it does not do shows in the store, and a database whose backups fail still serves. */
function keeper(input: TenantInput): V1Container {
  return {
    name: 'backup',
    image: image(input, 'database'),
    args: ['keep-backups'],
    env: [PGDATA],
    resources: resourcesOf(KEEPER),
    securityContext: containerSecurity,
    volumeMounts: mounts(input),
  }
}

/** Does nothing where it has done it before, and tells in its termination message what it did. */
function restorer(input: TenantInput, compute: Compute): V1Container[] {
  const variables = restoreVariables(input)
  if (!variables) return []
  return [
    {
      name: 'restore',
      image: image(input, 'database'),
      args: ['restore', ...settings(input, compute)],
      env: [PGDATA, value('POSTGRES_DB', DATABASE.name), ...archiveQueue(input), ...variables],
      resources: resourcesOf(compute),
      securityContext: containerSecurity,
      volumeMounts: [...mounts(input), { name: 'shm', mountPath: '/dev/shm' }],
    },
  ]
}

const PGDATA = value('PGDATA', '/var/lib/postgresql/data')

function mounts(input: TenantInput) {
  const backup = { name: 'backup', mountPath: BACKUP_CONFIG_FOLDER, readOnly: true }
  return [
    { name: 'data', mountPath: '/var/lib/postgresql' },
    { name: 'run', mountPath: '/var/run/postgresql' },
    { name: 'tmp', mountPath: '/tmp' },
    ...(isArchived(input) ? [backup] : []),
  ]
}

/** At most the last minute is not in the archive yet. */
function settings(input: TenantInput, compute: Compute): string[] {
  const all = [`shared_buffers=${sharedBuffers(compute)}`, ...(isArchived(input) ? ARCHIVE : [])]
  return all.flatMap(setting => ['-c', setting])
}

const ARCHIVE = [
  'archive_mode=on',
  'archive_timeout=60',
  'archive_command=/usr/local/lib/platen/pgbackrest-push.sh %p',
]

/** Bytes of a segment of PostgreSQL's log, as the image has it. */
const SEGMENT = 4 * 2 ** 20

/** While the object store is away, what waits for it may take a quarter of the volume. */
function archiveQueue(input: TenantInput) {
  if (!isArchived(input)) return []
  const { storage } = sizingOf(input).database
  return [value('PLATEN_ARCHIVE_QUEUE', String(Math.floor(storage / 4 / SEGMENT)))]
}

const isReady = `pg_isready -q -h 127.0.0.1 -p ${DATABASE.port} -t 4`

function asks(question: string) {
  return { exec: { command: ['sh', '-c', question] }, timeoutSeconds: 5 }
}

/** A quarter of the memory, as PostgreSQL's manual advises. */
export function sharedBuffers({ memory }: Compute): string {
  return `${Math.floor(memory / 4 / 2 ** 20)}MB`
}
