import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

/** A structural schema: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/ */
export interface Schema {
  description?: string
  type?: string
  default?: unknown
  required?: string[]
  properties?: Properties
  additionalProperties?: Schema
  items?: Schema
  [keyword: string]: unknown
}

/** Fields by name. Those that every kind of this project has are named. */
export interface Properties {
  apiVersion?: Schema
  kind?: Schema
  metadata?: Schema
  spec?: Schema
  status?: Schema
  conditions?: Schema
  [field: string]: Schema | undefined
}

export interface Definition {
  kind: string
  /** As in an object, e.g. `platen.dev/v1alpha1`. */
  apiVersion: string
  schema: Schema
}

interface CustomResourceDefinition {
  spec: {
    group: string
    names: { kind: string }
    versions: { name: string; schema: { openAPIV3Schema: Schema } }[]
  }
}

export const CRDS = fileURLToPath(new URL('../../crds/', import.meta.url))

/** What the project defines, from `crds/`. */
export const definitions = (): Promise<Definition[]> =>
  Promise.all(['platen.dev_regions.yaml', 'platen.dev_tenants.yaml'].map(readDefinition))

async function readDefinition(file: string): Promise<Definition> {
  const { spec }: CustomResourceDefinition = parse(await readFile(CRDS + file, 'utf8'))
  const [version] = spec.versions
  if (!version) throw new Error(`cannot read ${file}: it has no version`)
  return {
    kind: spec.names.kind,
    apiVersion: `${spec.group}/${version.name}`,
    schema: version.schema.openAPIV3Schema,
  }
}

export interface Field {
  /** As `kubectl explain` takes it, e.g. `region.spec.edge`. */
  parent: string
  name: string
  schema: Schema
}

/** All fields of a kind but those that every object has. */
export function fieldsOf({ kind, schema }: Definition): Field[] {
  const { spec = {}, status = {} } = schema.properties ?? {}
  return fieldsIn(kind.toLowerCase(), { properties: { spec, status } })
}

function fieldsIn(parent: string, { properties, items, additionalProperties }: Schema): Field[] {
  const inner = items ?? additionalProperties
  if (inner) return fieldsIn(parent, inner)
  return Object.entries(properties ?? {})
    .filter(isField)
    .flatMap(([name, schema]) => [
      { parent, name, schema },
      ...fieldsIn(`${parent}.${name}`, schema),
    ])
}

export const isField = (entry: [string, Schema | undefined]): entry is [string, Schema] =>
  entry[1] !== undefined
