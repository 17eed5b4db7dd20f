import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { files, serverCertificate } from '../../kubernetes/certificates.ts'
import type { KubeObject } from '../../kubernetes/rest.ts'
import type { ClusterPlan } from '../clusters.ts'
import { placesOf } from '../places.ts'

/** Keys of the Secret that a Region's `backup.credentialsSecretRef` names (docs/operator.md). */
export const CREDENTIALS = {
  id: 'AWS_ACCESS_KEY_ID',
  secret: 'AWS_SECRET_ACCESS_KEY',
  authority: 'ca.crt',
} as const

/** What an object store shows, and what its clients show. */
export interface StoreKeys {
  credentials: Record<typeof CREDENTIALS.id | typeof CREDENTIALS.secret, string>
  /** PEM, as what follows. */
  certificate: string
  key: string
  /** Vouches for the certificate. */
  authority: string
}

export const storeHost = ({ region }: Pick<ClusterPlan, 'region'>) => `s3.${region}.test`

/** Those of a cluster's object store. Its certificate is of the cluster's own authority. */
export async function storeKeys(cluster: ClusterPlan): Promise<StoreKeys> {
  return await keptStoreKeys(placesOf(cluster.name).pki, storeHost(cluster))
}

/** Made once, and kept beside the authority. */
export async function keptStoreKeys(directory: string, host: string): Promise<StoreKeys> {
  const file = join(directory, 'object-store.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const keys = await makeStoreKeys(directory, host)
  writeFileSync(file, JSON.stringify(keys), { mode: 0o600 })
  return keys
}

/** @param directory of a control plane's authority. */
export async function makeStoreKeys(directory: string, host: string): Promise<StoreKeys> {
  return {
    credentials: {
      [CREDENTIALS.id]: randomBytes(10).toString('hex').toUpperCase(),
      [CREDENTIALS.secret]: randomBytes(30).toString('base64url'),
    },
    ...(await serverCertificate(directory, [host])),
    authority: readFileSync(files(directory).ca, 'utf8'),
  }
}

/** What a Region's backups go to: its `spec.backup`, and the Secret that this names. */
export interface RegionBackup {
  spec: KubeObject
  /** Belongs in the namespace platen-region-NAME of the region's cluster. */
  secret: KubeObject
}

export const BUCKET = 'platen-backups'

/** @param region name of the Region. */
export async function regionBackup(cluster: ClusterPlan, region: string): Promise<RegionBackup> {
  const store = { host: storeHost(cluster), location: cluster.region }
  return backupTo(store, await storeKeys(cluster), region)
}

/** @param region name of the Region. */
export function backupTo(
  { host, location }: { host: string; location: string },
  { credentials, authority }: StoreKeys,
  region: string,
): RegionBackup {
  const name = 'object-store'
  return {
    spec: {
      endpoint: `https://${host}`,
      bucket: BUCKET,
      location,
      credentialsSecretRef: { name },
    },
    secret: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: `platen-region-${region}` },
      stringData: { ...credentials, [CREDENTIALS.authority]: authority },
    },
  }
}
