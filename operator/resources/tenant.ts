/* Generated from crds/ by `npm run generate`; change it there. */
import type { ObjectMeta } from '../cluster/object.ts'
import type { Condition } from './condition.ts'

/** A Tenant is a customer whose data stays in one country. The operator gives it a stack of its own in the namespace tenant-NAME of its region's cluster (ingest, database, API), keeps it right, and verifies where the data is. The name is the first label of the tenant's host name. The annotation platen.dev/paused (any value but "false") stops reconciling it; platen.dev/rotate makes the secrets that it lists anew. */
export type Tenant = {
  /** Always platen.dev/v1alpha1. */
  apiVersion: 'platen.dev/v1alpha1'
  /** Always Tenant. */
  kind: 'Tenant'
  metadata: ObjectMeta
  spec: TenantSpec
  status?: TenantStatus
}
/** What the tenant shall have. */
export type TenantSpec = {
  /** The customer's name for people to read: an organisation's, never a person's. It appears in the tenant's portal. */
  displayName: string
  /** The country in which the tenant's data stays, as ISO 3166-1 alpha-2 code in capital letters. A Region must list it. Cannot be changed nor removed. In YAML write Norway with quotes, "NO": without them it means false. */
  country: string
  /** The Region that holds the tenant. Without it the one Region whose countries hold the tenant's country; when there is none, or more than one, the condition Accepted says so. It can be added later, when it names the Region that holds the tenant already (status.region). Cannot be changed nor removed. */
  regionRef?: {
    /** Name of the Region. */
    name: string
  }
  /** How large the stack is: small, medium, large, or custom as resources says. By default small. It can be changed at any time; the database's volume never shrinks. */
  size: 'small' | 'medium' | 'large' | 'custom'
  /** Replicas and resources of each part. Only with size custom, and required then. */
  resources?: {
    /** The pods that take the monitors' reports. */
    ingest: {
      /** How many pods. */
      replicas: number
      /** CPU of each pod, in cores or thousandths of one, in quotes, e.g. "2" or "500m". */
      cpu: string
      /** Memory of each pod, in mebibytes or gibibytes, e.g. 512Mi or 2Gi. */
      memory: string
    }
    /** The pods that serve the API and the portal. */
    api: {
      /** How many pods. */
      replicas: number
      /** CPU of each pod, in cores or thousandths of one, in quotes, e.g. "2" or "500m". */
      cpu: string
      /** Memory of each pod, in mebibytes or gibibytes, e.g. 512Mi or 2Gi. */
      memory: string
    }
    /** The tenant's PostgreSQL. */
    database: {
      /** How many instances, one of them the primary. More than one needs a Region whose database.kind is cnpg. */
      instances: number
      /** CPU of each pod, in cores or thousandths of one, in quotes, e.g. "2" or "500m". */
      cpu: string
      /** Memory of each pod, in mebibytes or gibibytes, e.g. 512Mi or 2Gi. */
      memory: string
      /** Size of the volume of each instance, e.g. 50Gi. It can be raised when the Region's StorageClass allows expansion, never lowered. */
      storage: string
    }
  }
  /**
   * The customer's places where printers stand. A monitor belongs to one of them. Removing one from the list keeps its data.
   *
   * Items: One place.
   */
  sites: {
    /** A DNS label by which the API, the monitors' accounts and the database know the site. */
    name: string
    /** The site's name for people to read, e.g. Munich office. */
    displayName: string
  }[]
  /** How the tenant's API is reached and by whom. */
  api?: {
    /** The OpenID Connect provider whose tokens the API takes. Without it nobody signs in by OpenID Connect. */
    oidc?: {
      /** The issuer's URL, https only, exactly as in the tokens' iss claim. Its discovery document is below /.well-known/openid-configuration. */
      issuer: string
      /** What the tokens' aud claim must hold, e.g. the client's identifier. */
      audience: string
    }
  }
  /** For how long the tenant's data is kept. */
  retention: {
    /** For how many months before that of the newest one readings are kept; older ones are deleted, also when the number is lowered. By default 24. */
    readingsMonths: number
  }
  /** True scales ingest, API and database to zero and keeps the data; the monitors hold their reports until it is false again. By default false. */
  suspend: boolean
  /** What happens to the data when this Tenant is deleted. Retain: database and backups stay, and making the Tenant again adopts them. Delete: a final backup is taken, then the database is deleted; the backups stay as long as the Region says. By default Retain. */
  deletionPolicy: 'Retain' | 'Delete'
  /** The release that this tenant runs, instead of the Region's images.version. Without it the tenant follows the Region. */
  version?: string
  /** Brings the database back to an earlier time, once for each value: ingest and API are closed, the database is restored from the Region's backups, and all is opened again. What came after that time is gone, but for what monitors still hold. A new value restores again; leave a value that was carried out as it is. Only where the Region has a backup. status.restore tells what became of it. */
  restore?: {
    /** The time, in RFC 3339 with seconds, e.g. 2026-11-29T06:53:45Z. */
    to: string
    /** The tenant whose backups are taken, which may be gone. Without it this one. It has to have been in the same Region and country: what says otherwise is refused before any of its data is fetched. */
    from?: {
      /** Name of the Tenant. */
      tenant: string
      /** Its metadata.uid. Needed only where several Tenants had that name one after another, and where the Region's database.kind is cnpg and nothing of that Tenant is left in the cluster. */
      uid?: string
    }
  }
}
/** What the operator saw. Written by the operator only. */
export type TenantStatus = {
  /** The metadata.generation that was last reconciled with success. When it is lower than metadata.generation, the newest spec is not in force yet. */
  observedGeneration?: number
  /** Ready sums up the others: Accepted, CertificatesReady, DatabaseReady, Prepared (migrations), IngestReady, ApiReady, EdgeReady, ResidencyVerified, Progressing (a rollout), and Paused and Deleting while they last. */
  conditions?: Condition[]
  /** The country that was accepted. It stays, whatever becomes of the spec. */
  country?: string
  /** Name of the Region that holds the tenant. It stays, whatever becomes of the spec. */
  region?: string
  /** The tenant's namespace in the region's cluster, tenant-NAME. */
  namespace?: string
  /** The tenant's host name, with port 5222 for its monitors and port 443 for its people. */
  host?: string
  /** The release that runs. During a rollout still the old one; while the tenant is suspended the one that ran last. */
  version?: string
  /** A hash of everything that was rendered and runs; it changes when a pod has to. */
  revision?: string
  /** The latest verification of where the tenant's data is. */
  residency?: {
    /** True: pods, volumes and backups were seen where they must be. False: one was seen elsewhere, and the stack is closed. Unknown: not everything could be seen. */
    verified: 'True' | 'False' | 'Unknown'
    /** Number of the ledger's newest entry, from 1. */
    sequence?: number
    /** Hash of the ledger's newest entry. It stands for all entries before it. */
    head?: string
    /** When that entry was made, in RFC 3339. */
    at?: string
  }
  /** The latest restore that spec.restore asked for. */
  restore?: {
    /** Stands for the value of spec.restore. */
    id: string
    /** Restoring: the stack is closed, and the database is being brought back. Restored: it was, and serves. Refused: it cannot be done, and the data is as it was. */
    state: 'Restoring' | 'Restored' | 'Refused'
    /** Why it was refused, or what stands in its way. */
    message?: string
    /** Since when this is the state, in RFC 3339. */
    at?: string
  }
  /** What is known of the database's backups. */
  backup?: {
    /** The latest backup that succeeded, as pgBackRest calls it. CloudNativePG gives none such name. */
    label?: string
    /** When it ended, in RFC 3339. From then on, as far as the archive reaches, any second can be restored. */
    at?: string
    /** Up to when the archive reached at that time, in RFC 3339. CloudNativePG does not tell. */
    archivedTo?: string
    /** The value of the annotation platen.dev/backup for which a backup was made last. */
    handled?: string
  }
  /** The value of the annotation platen.dev/rotate that was carried out last. */
  handledRotation?: string
}
