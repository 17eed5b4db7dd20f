import type {
  V1Container,
  V1PodSpec,
  V1PodTemplateSpec,
  V1SecurityContext,
  V1Volume,
} from '@kubernetes/client-node'
import { ANNOTATIONS } from '../names.ts'
import { configData } from './config-maps.ts'
import { HEALTH_PORT } from './environment.ts'
import { shortHash } from './hash.ts'
import type { TenantInput } from './input.ts'
import { labelsOf, type Part, selectorOf } from './labels.ts'

/** Every image of ours runs as this user, and knows it by a line in /etc/passwd: PostgreSQL asks for its name. */
export const USER = 10001

export type Account = 'ingest' | 'api' | 'database' | 'jobs'

export interface Pod {
  part: Part
  account: Account
  containers: V1Container[]
  initContainers?: V1Container[]
  volumes?: V1Volume[]
  /** Seconds from SIGTERM to SIGKILL. */
  graceSeconds: number
  restartPolicy?: 'Never'
  /** Pods of one Deployment keep apart from each other. */
  spread?: boolean
}

/** A pod template as every pod of the tenant has it: bound to the region, without rights, without an API token. */
export function podTemplate(input: TenantInput, pod: Pod): V1PodTemplateSpec {
  const { part, account, containers, initContainers = [], volumes, graceSeconds } = pod
  const { restartPolicy, spread } = pod
  const spec: V1PodSpec = {
    ...placement(input),
    ...(spread && { topologySpreadConstraints: spreading(input, part) }),
    ...(restartPolicy && { restartPolicy }),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      // Else each start would walk all files of the database, and open its folder to the group, which PostgreSQL refuses.
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    serviceAccountName: account,
    terminationGracePeriodSeconds: graceSeconds,
    ...(initContainers.length > 0 && { initContainers }),
    containers,
    ...(volumes && { volumes }),
  }
  const annotations = { [ANNOTATIONS.revision]: revisionOf(input, spec) }
  return { metadata: { labels: labelsOf(input, part), annotations }, spec }
}

/** The region's nodes and no others: required, so that no pressure on the cluster moves a pod abroad. */
export function placement({ region }: TenantInput) {
  const { nodeSelector, tolerations } = region.spec.placement
  return {
    affinity: { nodeAffinity: regionAffinity(region) },
    ...(nodeSelector && { nodeSelector }),
    ...(tolerations && { tolerations }),
  }
}

export function regionAffinity(region: TenantInput['region']) {
  const { regionLabel, regionValue } = region.spec.placement
  const matchExpressions = [{ key: regionLabel, operator: 'In', values: [regionValue] }]
  return {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
  }
}

/** Rather than not to run at all, two pods share a node or a zone. */
function spreading(input: TenantInput, part: Part) {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(topologyKey => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorOf(input, part) },
    matchLabelKeys: ['pod-template-hash'],
  }))
}

/** Conforms to the Pod Security Standard `restricted`. */
export const containerSecurity: V1SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
}

export const healthPort = { name: 'health', containerPort: HEALTH_PORT, protocol: 'TCP' }

/** Probes of a process of ours: see services/telemetry/health.ts. */
export const healthProbes: Pick<V1Container, 'livenessProbe' | 'readinessProbe'> = {
  livenessProbe: {
    httpGet: { path: '/livez', port: healthPort.name },
    initialDelaySeconds: 10,
    periodSeconds: 10,
    timeoutSeconds: 5,
    failureThreshold: 6,
  },
  readinessProbe: {
    httpGet: { path: '/readyz', port: healthPort.name },
    periodSeconds: 5,
    timeoutSeconds: 5,
    failureThreshold: 2,
  },
}

/** Goes on serving while the edge and the nodes learn that the pod is leaving. */
export const leaveSlowly: NonNullable<V1Container['lifecycle']> = {
  preStop: { sleep: { seconds: 5 } },
}

export function image({ region, version }: TenantInput, name: string): string {
  return `${region.spec.images.registry}/platen-${name}:${version}`
}

/** `name=revision` of each Secret and ConfigMap that the pod uses: when one changes, its pods are made anew. */
function revisionOf(input: TenantInput, spec: V1PodSpec): string {
  const configs = configData(input)
  const used = [
    ...secretsOf(spec).map(name => [name, input.secrets[name]] as const),
    ...configsOf(spec).map(name => [name, configs[name] && shortHash(configs[name])] as const),
  ]
  const known = used.filter(([, revision]) => revision !== undefined)
  return [...new Set(known.map(([name, revision]) => `${name}=${revision}`))].sort().join(' ')
}

function secretsOf({ containers, volumes = [] }: V1PodSpec): string[] {
  const variables = containers.flatMap(({ env = [] }) =>
    env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
  )
  const mounted = volumes.map(({ secret }) => secret?.secretName)
  return [...variables, ...mounted].filter(name => name !== undefined)
}

function configsOf({ volumes = [] }: V1PodSpec): string[] {
  return volumes.map(({ configMap }) => configMap?.name).filter(name => name !== undefined)
}
