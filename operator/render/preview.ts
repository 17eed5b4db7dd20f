import { readFileSync } from 'node:fs'
import {
  loadAllYaml,
  loadYaml,
  type V1CustomResourceDefinition,
  type V1JSONSchemaProps,
} from '@kubernetes/client-node'
import { place } from '../reconcile/tenant/place.ts'
import type { Region } from '../resources/region.ts'
import type { Tenant } from '../resources/tenant.ts'
import { renderTenant } from './index.ts'
import { toYaml } from './yaml.ts'

/**
 * What the Tenants in these YAML texts would become, as YAML: without Secrets, whose values nobody should see, and
 * without ways to hosts outside of the cluster, whose addresses only the operator looks up.
 * @throws the refusal of a Tenant that has no place.
 */
export function preview(texts: string[]): string {
  const objects = texts.flatMap(text => loadAllYaml(text)).map(withDefaults)
  const regions = objects.filter(({ kind }) => kind === 'Region') as Region[]
  const tenants = objects.filter(({ kind }) => kind === 'Tenant') as Tenant[]
  return tenants.map(tenant => toYaml(stack(tenant, regions))).join('---\n')
}

function stack(tenant: Tenant, regions: Region[]) {
  const placed = place(tenant, regions)
  if (placed.kind !== 'placed') throw new Error(placed.message)
  const { region } = placed
  return renderTenant({
    region,
    tenant,
    version: tenant.spec.version ?? region.spec.images.version,
    secrets: {},
    accepting: true,
    mayBackUp: true,
    ledger: [],
    ledgerKeys: {},
    addresses: { hosts: {}, apiServer: [] },
  })
}

const SCHEMAS = { Region: schemaOf('regions'), Tenant: schemaOf('tenants') }

function schemaOf(plural: string): V1JSONSchemaProps {
  const file = new URL(`../../crds/platen.dev_${plural}.yaml`, import.meta.url)
  const crd = loadYaml<V1CustomResourceDefinition>(readFileSync(file, 'utf8'))
  return crd.spec.versions[0]?.schema?.openAPIV3Schema ?? { type: 'object' }
}

function withDefaults(object: { kind: keyof typeof SCHEMAS }) {
  return { kind: object.kind, ...(defaulted(SCHEMAS[object.kind] ?? {}, object) as object) }
}

/** As the API server sets them: from the outside in, so that a default may have defaults within. */
function defaulted(schema: V1JSONSchemaProps, value: unknown): unknown {
  if (Array.isArray(value)) return value.map(item => defaulted(schema.items ?? {}, item))
  if (typeof value !== 'object' || value === null) return value
  const whole: Record<string, unknown> = { ...value }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const given = whole[name] ?? structuredClone(property._default)
    if (given !== undefined) whole[name] = defaulted(property, given)
  }
  return whole
}
