import type { KubernetesObject } from '../cluster/object.ts'
import type { TenantInput } from './input.ts'
import { PARTS } from './labels.ts'
import { owned } from './owned.ts'
import { xmppFiles } from './xmpp-config.ts'

export const CONFIG = {
  xmpp: 'xmpp',
  tenant: 'tenant',
  ledger: 'residency-ledger',
  authority: 'certificate-authority',
} as const

/**
 * What pods are made anew for when it changes, by ConfigMap. The ledger is not among it, because it grows all the time, and
 * neither is the authority: their readers look again.
 */
export function configData(input: TenantInput): Record<string, Record<string, string>> {
  const sites = input.tenant.spec.sites.map(({ name, displayName }) => ({ name, displayName }))
  return {
    [CONFIG.xmpp]: xmppFiles(input),
    [CONFIG.tenant]: { 'sites.json': `${JSON.stringify(sites, null, 2)}\n` },
  }
}

export function configMaps(input: TenantInput): KubernetesObject[] {
  return Object.entries(configData(input)).map(([name, data]) =>
    owned(input, { apiVersion: 'v1', kind: 'ConfigMap', name }, { data }),
  )
}

/** What monitors that enrol shall trust; where an issuer signs the certificates it is theirs to know. */
export function authorityConfigMap(input: TenantInput): KubernetesObject[] {
  const { certificateAuthority: pem } = input
  if (pem === undefined) return []
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: CONFIG.authority, part: PARTS.api }
  return [owned(input, ref, { data: { 'authority.pem': pem } })]
}

/** The newest entries of the residency ledger on their way to the tenant's database: its API writes them down. */
export function ledgerConfigMap(input: TenantInput): KubernetesObject {
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: CONFIG.ledger, part: PARTS.ledger }
  return owned(input, ref, {
    data: {
      'entries.jsonl': input.ledger.map(entry => `${entry}\n`).join(''),
      'keys.json': `${JSON.stringify(input.ledgerKeys, null, 2)}\n`,
    },
  })
}
