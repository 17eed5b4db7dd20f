import type { V1Container, V1Volume } from '@kubernetes/client-node'
import type { KubernetesObject } from '../cluster/object.ts'
import { tenantHost } from '../names.ts'
import { TLS_SECRET } from './certificate.ts'
import { CONFIG } from './config-maps.ts'
import { deployment } from './deployment.ts'
import { databaseUrl, fromSecret, processEnvironment, value } from './environment.ts'
import type { TenantInput } from './input.ts'
import { PARTS } from './labels.ts'
import { containerSecurity, healthPort, healthProbes, image, leaveSlowly } from './pods.ts'
import { service } from './services.ts'
import { type Compute, reportsPerSecond, resourcesOf, share, sizingOf } from './sizes.ts'
import { COMPONENT_PORT, XMPP_ENVIRONMENT, XMPP_PATHS, XMPP_PORT } from './xmpp-config.ts'

const XMPP = { name: 'xmpp', port: XMPP_PORT }

/**
 * Prosody parses markup on one core and needs 20 MB; the ingest parses reports and keeps groups of them. Of a pod's CPU
 * and memory: docs/benchmarks.md has 50 monitors' IQs cost Prosody 89 and the ingest 27 ms.
 */
const XMPP_SHARE = { cpu: 3 / 4, memory: 1 / 4 }
const INGEST_SHARE = { cpu: 1 / 4, memory: 3 / 4 }

/**
 * The XMPP server and the ingest component, side by side in each pod and talking on its loopback. When the stack is
 * closed no pod runs, and the monitors' outboxes hold the data.
 */
export function ingest(input: TenantInput): KubernetesObject[] {
  const { replicas, ...pod } = sizingOf(input).ingest
  const runs = input.accepting && !input.restoring && !input.tenant.spec.suspend
  return [
    deployment(input, runs ? replicas : 0, {
      part: PARTS.ingest,
      account: 'ingest',
      containers: [xmppContainer(input, pod), ingestContainer(input, pod)],
      volumes,
      graceSeconds: 30, // 5 of them before the process hears of it, and 20 that it gives itself
    }),
    service(input, PARTS.ingest, XMPP),
  ]
}

const volumes: V1Volume[] = [
  { name: 'config', configMap: { name: CONFIG.xmpp } },
  { name: 'tls', secret: { secretName: TLS_SECRET } },
  // Prosody writes next to nothing there: accounts are in the database.
  { name: 'data', emptyDir: { sizeLimit: '64Mi' } },
]

function xmppContainer(input: TenantInput, pod: Compute): V1Container {
  const { componentSecret, databaseUsername, databasePassword } = XMPP_ENVIRONMENT
  return {
    name: 'xmpp',
    image: image(input, 'xmpp'),
    command: ['prosody', '-F', '--config', `${XMPP_PATHS.config}/prosody.cfg.lua`],
    env: [
      fromSecret(databaseUsername, 'database-xmpp', 'username'),
      fromSecret(databasePassword, 'database-xmpp', 'password'),
      fromSecret(componentSecret, 'component', 'secret'),
    ],
    ports: [{ name: XMPP.name, containerPort: XMPP.port, protocol: 'TCP' }],
    resources: resourcesOf(share(pod, XMPP_SHARE)),
    livenessProbe: {
      exec: { command: ['lua5.4', `${XMPP_PATHS.config}/alive.lua`] },
      initialDelaySeconds: 10,
      periodSeconds: 20, // each starts a process in the container
      timeoutSeconds: 10,
      failureThreshold: 2,
    },
    readinessProbe: {
      tcpSocket: { port: XMPP.port },
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 2,
    },
    lifecycle: leaveSlowly,
    securityContext: containerSecurity,
    volumeMounts: [
      { name: 'config', mountPath: XMPP_PATHS.config, readOnly: true },
      { name: 'tls', mountPath: XMPP_PATHS.tls, readOnly: true },
      { name: 'data', mountPath: XMPP_PATHS.data },
    ],
  }
}

function ingestContainer(input: TenantInput, pod: Compute): V1Container {
  const { region, tenant } = input
  return {
    name: 'ingest',
    image: image(input, 'ingest'),
    env: [
      ...databaseUrl(input, 'database-ingest'),
      value('PLATEN_XMPP_DOMAIN', tenantHost(tenant.metadata.name, region.spec.domain)),
      value('PLATEN_COMPONENT_PORT', String(COMPONENT_PORT)),
      fromSecret('PLATEN_COMPONENT_SECRET', 'component', 'secret'),
      value('PLATEN_INGEST_REPORTS_PER_SECOND', String(reportsPerSecond(pod))),
      ...processEnvironment(input),
    ],
    ports: [healthPort],
    resources: resourcesOf(share(pod, INGEST_SHARE)),
    ...healthProbes,
    lifecycle: leaveSlowly,
    securityContext: containerSecurity,
  }
}
