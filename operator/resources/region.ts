/* Generated from crds/ by `npm run generate`; change it there. */
import type { ObjectMeta } from '../cluster/object.ts'
import type { Condition } from './condition.ts'

/** A Region is a place for tenants whose data may live in its countries: a cluster, and the nodes, storage, backups and entrance in it. The operator makes the namespace platen-region-NAME in that cluster for the entrance (edge), the certificate authority and the key that signs the residency ledgers. The annotation platen.dev/paused (any value but "false") stops reconciling it. */
export type Region = {
  /** Always platen.dev/v1alpha1. */
  apiVersion: 'platen.dev/v1alpha1'
  /** Always Region. */
  kind: 'Region'
  metadata: ObjectMeta
  spec: RegionSpec
  status?: RegionStatus
}
/** What the region shall be. */
export type RegionSpec = {
  /**
   * The countries whose tenants' data may live in this region, as ISO 3166-1 alpha-2 codes in capital letters. Each once. Countries can be added later, never removed. In YAML write Norway with quotes, "NO": without them it means false.
   *
   * Items: An officially assigned ISO 3166-1 alpha-2 code, e.g. DE.
   */
  countries: string[]
  /** The DNS domain of the region, e.g. de.platen.example. A tenant's host name is TENANT.DOMAIN: its monitors connect to port 5222 of it, its people to port 443. Point *.DOMAIN at the edge. No two Regions may share a domain. Cannot be changed. */
  domain: string
  /** The region's own cluster. Without it the region lives in this cluster, where the operator runs. Cannot be changed, added nor removed later, because the tenants' data would stay behind. */
  cluster?: {
    /** The Secret in the operator's own namespace that holds a kubeconfig for the region's cluster. Its content can be renewed at any time and is read again. */
    kubeconfigSecretRef: {
      /** Name of the Secret. */
      name: string
      /** The key in the Secret's data that holds the kubeconfig. By default kubeconfig. */
      key: string
    }
  }
  /** Which nodes and which storage of the cluster belong to the region. Every pod of a tenant requires such a node, and the operator checks where pods and volumes really are. */
  placement: {
    /** The node label that tells the region. By default topology.kubernetes.io/region. Cannot be changed. */
    regionLabel: string
    /** The value of that label on the nodes of this region, e.g. eu-central-1. Cannot be changed. */
    regionValue: string
    /** Further labels that a node must have to run pods of tenants, e.g. a node pool's. A change restarts the pods of the region's tenants. */
    nodeSelector?: {
      /** The label's value. */
      [k: string]: string
    }
    /**
     * Tolerations of the tenants' pods, for nodes that are tainted so that nothing else runs there.
     *
     * Items: A toleration as in a pod's spec.tolerations.
     */
    tolerations?: {
      /** The taint's key. Without it, and with operator Exists, every taint is tolerated. */
      key?: string
      /** Equal compares the value, Exists takes any. By default Equal. */
      operator?: 'Equal' | 'Exists'
      /** The taint's value, with operator Equal. */
      value?: string
      /** The taint's effect. Without it every effect is tolerated. */
      effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
      /** With effect NoExecute, after how many seconds the pod is evicted. Without it never. */
      tolerationSeconds?: number
    }[]
    /** The StorageClass of the tenants' volumes. Its allowedTopologies must name this region and nothing else, and its volumeBindingMode must be WaitForFirstConsumer. Cannot be changed. */
    storageClassName: string
  }
  /** How the tenants' PostgreSQL is run. */
  database: {
    /** cnpg: a CloudNativePG Cluster (replicas, failover, continuous backup, recovery to a point in time); needs the CloudNativePG operator in the region's cluster. statefulset: one instance, nothing else is needed. By default statefulset. Cannot be changed. */
    kind: 'cnpg' | 'statefulset'
    /** PostgreSQL's major version, in quotes. By default "18". It can be raised, never lowered. */
    version: string
    /** The namespace in which the CloudNativePG operator runs, with kind cnpg: only its pods reach the databases from outside of their namespaces, and only its accounts make and enter the databases' pods. Keep nothing else in it. By default cnpg-system. */
    operatorNamespace: string
    /** The volume of each tenant's database. */
    storage: {
      /** Size of the volume of each database instance. By default 20Gi. A Tenant with custom resources has its own. It can be raised when the StorageClass allows expansion, never lowered. */
      size: string
    }
  }
  /** The region's entrance: HAProxy, which passes TLS through to the tenant that the host name tells, on ports 443 and 5222. */
  edge: {
    /** How the edge is reached from outside: LoadBalancer, NodePort, or ClusterIP when something else in the cluster forwards to it. By default LoadBalancer. */
    serviceType: 'LoadBalancer' | 'NodePort' | 'ClusterIP'
    /** Which load balancer implementation serves the Service. Without it the cluster's default. Only with serviceType LoadBalancer. */
    loadBalancerClass?: string
    /** Annotations of the edge's Service, e.g. for the cloud's load balancer or external-dns. */
    annotations?: {
      /** The annotation's value. */
      [k: string]: string
    }
    /** How many HAProxy pods run, on different nodes where possible. By default 2. */
    replicas: number
  }
  /** Who signs the tenants' certificates. Without issuerRef the region has a certificate authority of its own, made and renewed by the operator; the monitors learn it when they enrol. */
  certificates: {
    /** A cert-manager issuer in the region's cluster. Needs cert-manager there. One of kind ACME has to solve by DNS-01: the pods and Ingresses of HTTP-01 are refused in tenants' namespaces. */
    issuerRef?: {
      /** Name of the issuer. One of kind Issuer must exist in each tenant's namespace, so a ClusterIssuer is nearly always what is wanted. */
      name: string
      /** Kind of the issuer, ClusterIssuer or Issuer. By default ClusterIssuer. */
      kind: 'Issuer' | 'ClusterIssuer'
      /** API group of the issuer; external issuers have their own. By default cert-manager.io. */
      group: string
    }
  }
  /** Where the tenants' databases are backed up: an S3 object store inside the region. Without it nothing is backed up, and a Tenant with deletionPolicy Delete is not deleted, because no final backup can be taken. */
  backup?: {
    /** Base URL of the S3 API, https only, e.g. https://s3.eu-central-1.example.com. */
    endpoint: string
    /** Name of the bucket. Each tenant's backups are below a prefix with its name. */
    bucket: string
    /** The location that the object store must report for the bucket, e.g. eu-central-1. The operator asks it (GetBucketLocation), and closes the tenants' stacks when the answer is another one. */
    location: string
    /** The Secret in the namespace platen-region-NAME of the region's cluster that holds the credentials for the bucket. The operator copies it into the tenants' namespaces. */
    credentialsSecretRef: {
      /** Name of the Secret. */
      name: string
    }
    /** When a backup is taken: five cron fields (minute, hour, day of month, month, day of week), in UTC. By default "0 2 * * *", every night at two. */
    schedule: string
    /** For how many days backups are kept. By default 30. */
    retentionDays: number
  }
  /** Where the tenants' processes send their metrics, traces and logs. Without it nowhere. */
  telemetry?: {
    /** An OpenTelemetry collector inside the region that takes OTLP over HTTP: http or https to a Service of the region's cluster, e.g. http://collector.observability.svc:4318, or https to a host below the Region's domain, e.g. https://otlp.de.platen.example. */
    otlpEndpoint: string
  }
  /** Which container images the tenants run. */
  images: {
    /** Registry and path of the images platen-api, platen-ingest, platen-xmpp, platen-database and platen-edge, without a scheme, e.g. registry.example.com/platen. */
    registry: string
    /** The release that the region's tenants run: the tag of all images. A change rolls out as rollout says; a Tenant's own version wins over it. */
    version: string
    /**
     * Secrets of type kubernetes.io/dockerconfigjson in the namespace platen-region-NAME of the region's cluster. The operator copies them into the tenants' namespaces.
     *
     * Items: One of these Secrets.
     */
    pullSecretRefs?: {
      /** Name of the Secret. */
      name: string
    }[]
  }
  /** How a new version or a change of the stack reaches the region's tenants. */
  rollout: {
    /** How many tenants are changed at the same time. By default 5. */
    maxConcurrent: number
    /** What happens when a tenant does not become ready again. Pause: no further tenant is begun until it is ready or the version is set back. Continue: the others follow all the same. By default Pause. */
    onFailure: 'Pause' | 'Continue'
  }
}
/** What the operator saw. Written by the operator only. */
export type RegionStatus = {
  /** The metadata.generation that was last reconciled with success. When it is lower than metadata.generation, the newest spec is not in force yet. */
  observedGeneration?: number
  /** Ready sums up the others: ClusterReachable, PlacementValid, CertificatesReady, BackupLocationVerified, EdgeReady, RolloutPaused, and Paused and Deleting while they last. */
  conditions?: Condition[]
  /** How many tenants live in the region, also those being deleted. */
  tenants?: number
  /** The uid of the namespace kube-system of the cluster that the region lives in, from the first connection on. A kubeconfig that leads to another cluster is refused. Remove it when all data was moved to another cluster. */
  clusterId?: string
  /**
   * The public keys that check the signatures of the tenants' residency ledgers, the newest last. Old ones stay, because old entries are signed with them.
   *
   * Items: One Ed25519 key.
   */
  ledgerKeys?: {
    /** How a ledger entry names the key. */
    id: string
    /** The public key as PEM (SubjectPublicKeyInfo), as openssl reads it. */
    publicKey: string
    /** When the key was made, in RFC 3339. */
    since: string
  }[]
  /** What the object store said last about where a bucket is. Backups are made only while it is the bucket of spec.backup, and where spec.backup says. It stays while the store does not answer. */
  backup?: {
    /** The bucket that was asked about, as ENDPOINT/BUCKET. */
    bucket: string
    /** Where the object store said that it is. */
    location: string
  }
  /** The certificates (PEM) of the region's own authority, during a renewal the old and the new one. Absent when certificates.issuerRef is set. */
  certificateAuthority?: string
}
