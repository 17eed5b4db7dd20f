import type { V1Container, V1EnvVar, V1PodSpec } from '@kubernetes/client-node'
import type { KubernetesObject } from '../cluster/object.ts'
import { ANNOTATIONS, regionNamespace } from '../names.ts'
import { HEALTH_PORT, value } from '../render/environment.ts'
import { shortHash } from '../render/hash.ts'
import {
  containerSecurity,
  healthPort,
  healthProbes,
  regionAffinity,
  USER,
} from '../render/pods.ts'
import { collectorOf } from '../residency/collector.ts'
import { CONFIG_FILE, configOf, MAP, PATHS, PORTS, SOCKET } from './config.ts'
import type { EdgeInput } from './input.ts'
import { EDGE, labelsOf, owned, selectorOf } from './owned.ts'
import { ROUTES } from './routes.ts'

/** HAProxy, and beside it the agent that brings it the routes. Neither needs the other to go on. */
export function deployment(input: EdgeInput): KubernetesObject {
  return owned(
    input,
    { apiVersion: 'apps/v1', kind: 'Deployment' },
    {
      spec: {
        replicas: input.region.spec.edge?.replicas ?? 2,
        revisionHistoryLimit: 3,
        selector: { matchLabels: selectorOf(input) },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: {
          metadata: {
            labels: labelsOf(input),
            // Of the configuration alone: routes come and go without a restart.
            annotations: { [ANNOTATIONS.revision]: `${EDGE}=${shortHash(configOf(input))}` },
          },
          spec: podSpec(input),
        },
      },
    },
  )
}

function podSpec(input: EdgeInput): V1PodSpec {
  const { nodeSelector, tolerations } = input.region.spec.placement
  return {
    affinity: { nodeAffinity: regionAffinity(input.region) },
    ...(nodeSelector && { nodeSelector }),
    ...(tolerations && { tolerations }),
    topologySpreadConstraints: spreading(input),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    serviceAccountName: EDGE,
    terminationGracePeriodSeconds: DRAIN.learnSeconds + DRAIN.endSeconds + 5,
    containers: [haproxy(input), agent(input)],
    volumes: [
      { name: 'config', configMap: { name: EDGE } },
      { name: 'routes', configMap: { name: ROUTES.name } },
      { name: 'run', emptyDir: { sizeLimit: '16Mi' } },
    ],
  }
}

function spreading(input: EdgeInput) {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(topologyKey => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorOf(input) },
    matchLabelKeys: ['pod-template-hash'],
  }))
}

/** Balancers and nodes learn that the pod is leaving; then nobody new is let in, and requests may come to their end. */
const DRAIN = { learnSeconds: 5, endSeconds: 20 }

function haproxy(input: EdgeInput): V1Container {
  const check = { httpGet: { path: '/livez', port: 'health' }, timeoutSeconds: 5 }
  return {
    name: 'haproxy',
    image: image(input),
    // HAProxy does not start without its map; the agent has filled it, unless this is a new pod.
    command: ['sh', '-c', `touch ${MAP} && exec haproxy -db -f ${PATHS.config}/${CONFIG_FILE}`],
    ports: [
      { name: 'tls', containerPort: PORTS.tls, protocol: 'TCP' },
      { name: 'xmpp', containerPort: PORTS.xmpp, protocol: 'TCP' },
      { name: 'health', containerPort: PORTS.health, protocol: 'TCP' },
    ],
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    livenessProbe: { ...check, periodSeconds: 10, failureThreshold: 6 },
    readinessProbe: { ...check, periodSeconds: 5, failureThreshold: 2 },
    lifecycle: {
      preStop: {
        exec: {
          command: [
            'sh',
            '-c',
            `sleep ${DRAIN.learnSeconds}; kill -USR1 1; sleep ${DRAIN.endSeconds}`,
          ],
        },
      },
    },
    securityContext: containerSecurity,
    volumeMounts: [
      { name: 'config', mountPath: PATHS.config, readOnly: true },
      { name: 'run', mountPath: PATHS.run },
    ],
  }
}

function agent(input: EdgeInput): V1Container {
  return {
    name: 'agent',
    image: image(input),
    command: ['node', 'edge.mjs'],
    env: [
      value('PLATEN_EDGE_ROUTES', `${PATHS.routes}/${ROUTES.key}`),
      value('PLATEN_EDGE_MAP', MAP),
      value('PLATEN_EDGE_SOCKET', SOCKET),
      value('PLATEN_HEALTH_HOST', '0.0.0.0'),
      value('PLATEN_HEALTH_PORT', String(HEALTH_PORT)),
      ...telemetry(input),
    ],
    ports: [{ ...healthPort, name: 'agent-health' }],
    resources: { requests: { cpu: '50m', memory: '192Mi' }, limits: { memory: '384Mi' } },
    ...probesAt('agent-health'),
    securityContext: containerSecurity,
    volumeMounts: [
      { name: 'routes', mountPath: PATHS.routes, readOnly: true },
      { name: 'run', mountPath: PATHS.run },
    ],
  }
}

/** The names of ports are the pod's, not the container's. */
function probesAt(port: string): Pick<V1Container, 'livenessProbe' | 'readinessProbe'> {
  const { livenessProbe, readinessProbe } = healthProbes
  return {
    livenessProbe: { ...livenessProbe, httpGet: { path: '/livez', port } },
    readinessProbe: { ...readinessProbe, httpGet: { path: '/readyz', port } },
  }
}

function telemetry({ region }: EdgeInput): V1EnvVar[] {
  const collector = collectorOf(region.spec)
  if (!collector) return []
  const namespace = regionNamespace(region.metadata.name)
  return [
    value('OTEL_EXPORTER_OTLP_ENDPOINT', collector),
    value('OTEL_RESOURCE_ATTRIBUTES', `k8s.namespace.name=${namespace}`),
  ]
}

function image({ region }: EdgeInput): string {
  const { registry, version } = region.spec.images
  return `${registry}/platen-edge:${version}`
}
