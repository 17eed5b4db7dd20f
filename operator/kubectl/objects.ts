/** What the plugin reads of Kubernetes' own objects; everything that may be absent is. */

export interface Meta {
  name: string
  namespace?: string
  uid?: string
  generation?: number
  labels?: Record<string, string>
  annotations?: Record<string, string>
  creationTimestamp?: string
  deletionTimestamp?: string
}

export interface Workload {
  kind?: string
  metadata: Meta
  spec?: {
    replicas?: number
    selector?: { matchLabels?: Record<string, string> }
    /** Of CloudNativePG's Cluster. */
    instances?: number
    /** Of a Job. */
    completions?: number
  }
  status?: {
    readyReplicas?: number
    /** Of CloudNativePG's Cluster. */
    readyInstances?: number
    phase?: string
    /** Of a Job. */
    succeeded?: number
    failed?: number
    conditions?: { type: string; status: string; reason?: string; message?: string }[]
  }
}

export interface Pod {
  metadata: Meta
  spec?: { nodeName?: string }
  status?: {
    phase?: string
    reason?: string
    message?: string
    conditions?: { type: string; status: string; reason?: string; message?: string }[]
    initContainerStatuses?: ContainerStatus[]
    containerStatuses?: ContainerStatus[]
  }
}

export interface ContainerStatus {
  name: string
  ready?: boolean
  restartCount?: number
  image?: string
  state?: ContainerState
  lastState?: ContainerState
}

export interface ContainerState {
  waiting?: { reason?: string; message?: string }
  running?: { startedAt?: string }
  terminated?: { reason?: string; exitCode?: number; signal?: number; finishedAt?: string }
}

/** As events.k8s.io/v1 serves them, whoever wrote them. */
export interface KubeEvent {
  metadata: Meta
  type?: string
  reason?: string
  note?: string
  eventTime?: string | null
  deprecatedLastTimestamp?: string | null
  deprecatedCount?: number
  series?: { count?: number; lastObservedTime?: string }
  regarding?: { kind?: string; name?: string; namespace?: string }
}

export interface ConfigMap {
  metadata: Meta
  data?: Record<string, string>
}

export interface Secret {
  metadata: Meta
  data?: Record<string, string>
}
