import { isDeepStrictEqual } from 'node:util'
import { compile, type JSONSchema } from 'json-schema-to-typescript'
import { type Definition, definitions, isField, type Schema } from './definition.ts'

const BANNER = '/* Generated from crds/ by `npm run generate`; change it there. */'

/**
 * The operator's types as files by name, e.g. `tenant.ts`. They describe objects as the API server stores them: what has a
 * default is there.
 */
export async function generateTypes(): Promise<Record<string, string>> {
  const known = await definitions()
  const files: Record<string, string> = {
    'condition.ts': await print('Condition', conditionOf(known), [BANNER]),
  }
  for (const definition of known) {
    files[`${definition.kind.toLowerCase()}.ts`] = await printKind(definition)
  }
  return files
}

/** Every kind has the same conditions, so they have one type. */
function conditionOf(known: Definition[]): Schema {
  const schemas = known.map(({ schema }) => schema.properties?.status?.properties?.conditions)
  const [first, ...others] = schemas.map(schema => schema?.items)
  if (!first) throw new Error('cannot generate Condition: a status has no conditions')
  if (others.some(other => !isDeepStrictEqual(other, first))) {
    throw new Error('cannot generate Condition: the kinds differ in theirs; make them equal')
  }
  return first
}

function printKind({ kind, apiVersion, schema }: Definition): Promise<string> {
  const { spec, status, ...others } = schema.properties ?? {}
  if (!spec || !status) throw new Error(`cannot generate ${kind}: it has no spec or no status`)
  const root: Schema = {
    ...schema,
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      apiVersion: { ...others.apiVersion, const: apiVersion },
      kind: { ...others.kind, const: kind },
      metadata: { ...others.metadata, tsType: 'ObjectMeta' },
      spec: { ...spec, title: `${kind}Spec` },
      status: {
        ...status,
        title: `${kind}Status`,
        properties: {
          ...status.properties,
          conditions: { ...status.properties?.conditions, items: { tsType: 'Condition' } },
        },
      },
    },
  }
  return print(kind, root, [
    BANNER,
    "import type { ObjectMeta } from '../cluster/object.ts'",
    "import type { Condition } from './condition.ts'",
  ])
}

async function print(name: string, schema: Schema, head: string[]): Promise<string> {
  const source = await compile(asStored(schema) as JSONSchema, name, {
    bannerComment: head.join('\n'),
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    style: {
      semi: false,
      singleQuote: true,
      printWidth: 100,
      trailingComma: 'all',
      bracketSpacing: true,
    },
  })
  const short = source.replace(/\/\*\*\n *\* (.*)\n *\*\//g, '/** $1 */')
  // An alias, not an interface: only an alias may stand for `KubernetesObject`, which takes any further field.
  return short.replace(/^export interface (\w+) \{$/gm, 'export type $1 = {')
}

/** What is defaulted is always there; the rules of the API server are none of TypeScript's. */
function asStored(schema: Schema): Schema {
  const { properties, items, additionalProperties, default: _, ...rest } = schema
  const fields = Object.entries(properties ?? {}).filter(isField)
  const kept = Object.entries(rest).filter(([keyword]) => KEPT.has(keyword))
  return {
    ...Object.fromEntries(kept),
    ...(items && { items: asStored(items) }),
    ...(additionalProperties && { additionalProperties: asStored(additionalProperties) }),
    ...(properties && {
      properties: Object.fromEntries(fields.map(([name, field]) => [name, asStored(field)])),
      required: [
        ...(schema.required ?? []),
        ...fields.filter(([, field]) => field.default !== undefined).map(([name]) => name),
      ],
    }),
  }
}

const KEPT = new Set(['description', 'type', 'enum', 'const', 'title', 'tsType'])
