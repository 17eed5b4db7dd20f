import type { V1Container, V1EnvVar } from '@kubernetes/client-node'
import type { KubernetesObject } from '../cluster/object.ts'
import { tenantHost } from '../names.ts'
import { TLS_SECRET } from './certificate.ts'
import { CONFIG } from './config-maps.ts'
import { deployment } from './deployment.ts'
import { databaseUrl, processEnvironment, value } from './environment.ts'
import type { TenantInput } from './input.ts'
import { PARTS } from './labels.ts'
import { containerSecurity, healthPort, healthProbes, image, leaveSlowly } from './pods.ts'
import { service } from './services.ts'
import { type Compute, queryCpu, resourcesOf, sizingOf } from './sizes.ts'

export const API_PORT = 8443

const HTTPS = { name: 'https', port: 443 }

const MOUNTS = {
  tls: '/etc/platen/tls',
  'licence-key': '/etc/platen/licence-key',
  ledger: '/etc/platen/ledger',
} as const

/** Only where the region's own authority signs the certificates. */
const AUTHORITY = { name: 'authority', mountPath: '/etc/platen/authority', readOnly: true }

/** GraphQL over TLS. It goes on when the stack is closed: what is in the region may be read there. */
export function api(input: TenantInput): KubernetesObject[] {
  const { replicas, ...compute } = sizingOf(input).api
  const runs = !input.restoring && !input.tenant.spec.suspend
  return [
    deployment(input, runs ? replicas : 0, {
      part: PARTS.api,
      account: 'api',
      containers: [apiContainer(input, compute)],
      volumes: [
        { name: 'tls', secret: { secretName: TLS_SECRET } },
        { name: 'licence-key', secret: { secretName: 'licence-key' } },
        // The first entry is written when there is something to verify: pods.
        { name: 'ledger', configMap: { name: CONFIG.ledger, optional: true } },
        ...ifOwnAuthority(input, { name: AUTHORITY.name, configMap: { name: CONFIG.authority } }),
      ],
      graceSeconds: 30, // 5 of them before the process hears of it, and 20 that it gives itself
    }),
    service(input, PARTS.api, HTTPS),
  ]
}

function apiContainer(input: TenantInput, compute: Compute): V1Container {
  return {
    name: 'api',
    image: image(input, 'api'),
    env: [
      ...databaseUrl(input, 'database-api'),
      value('PLATEN_API_HOST', '0.0.0.0'),
      value('PLATEN_API_PORT', String(API_PORT)),
      value('PLATEN_API_TLS_CERTIFICATE', `${MOUNTS.tls}/tls.crt`),
      value('PLATEN_API_TLS_KEY', `${MOUNTS.tls}/tls.key`),
      value('PLATEN_LICENCE_KEY_DIRECTORY', MOUNTS['licence-key']),
      value('PLATEN_LEDGER_DIRECTORY', MOUNTS.ledger),
      value('PLATEN_API_MILLI_CPU', String(queryCpu(compute))),
      ...enrolment(input),
      ...openIdConnect(input),
      ...processEnvironment(input),
    ],
    ports: [{ name: HTTPS.name, containerPort: API_PORT, protocol: 'TCP' }, healthPort],
    resources: resourcesOf(compute),
    ...healthProbes,
    lifecycle: leaveSlowly,
    securityContext: containerSecurity,
    volumeMounts: [
      ...Object.entries(MOUNTS).map(([name, mountPath]) => ({ name, mountPath, readOnly: true })),
      ...ifOwnAuthority(input, AUTHORITY),
    ],
  }
}

/** What monitors are told that get their account here. */
function enrolment(input: TenantInput): V1EnvVar[] {
  const { region, tenant } = input
  const file = `${AUTHORITY.mountPath}/authority.pem`
  return [
    value('PLATEN_XMPP_DOMAIN', tenantHost(tenant.metadata.name, region.spec.domain)),
    ...ifOwnAuthority(input, value('PLATEN_CERTIFICATE_AUTHORITY', file)),
  ]
}

function ifOwnAuthority<T>({ region }: TenantInput, item: T): T[] {
  return region.spec.certificates.issuerRef ? [] : [item]
}

function openIdConnect({ tenant }: TenantInput): V1EnvVar[] {
  const oidc = tenant.spec.api?.oidc
  if (!oidc) return []
  return [value('PLATEN_OIDC_ISSUER', oidc.issuer), value('PLATEN_OIDC_AUDIENCE', oidc.audience)]
}
