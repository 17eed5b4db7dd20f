import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type Definition, definitions, type Field, fieldsOf, type Schema } from './definition.ts'
import { generateTypes } from './types.ts'

const known = await definitions()
const fields = known.flatMap(fieldsOf)
const nameOf = ({ parent, name }: Field) => `${parent}.${name}`

/** The field's own schema and that of its items or values. */
const partsOf = ({ schema }: Field): Schema[] =>
  [schema, schema.items, schema.additionalProperties].filter(part => part !== undefined)

const fieldsWhere = (isWrong: (schema: Schema) => boolean): string[] =>
  fields.filter(field => partsOf(field).some(isWrong)).map(nameOf)

describe('crds/', () => {
  it('has fields to look at', () => {
    expect(known.map(({ kind }) => kind)).toEqual(['Region', 'Tenant'])
    expect(fields.length).toBeGreaterThan(100)
  })

  it.each<{ rule: string; isWrong: (schema: Schema) => boolean }>([
    {
      rule: 'says what it is, as a sentence',
      isWrong: ({ description = '' }) => !/^["A-Za-z].*\.$/s.test(description),
    },
    {
      rule: 'has a type',
      isWrong: ({ type }) => type === undefined,
    },
    {
      rule: 'bounds its text, so that rules have a price and etcd has room',
      isWrong: schema => schema.type === 'string' && !isBoundedText(schema),
    },
    {
      rule: 'bounds its numbers',
      isWrong: schema => schema.type === 'integer' && schema.minimum === undefined,
    },
    {
      rule: 'bounds its list and says how it is merged',
      isWrong: schema =>
        schema.type === 'array' &&
        (schema.maxItems === undefined || schema['x-kubernetes-list-type'] === undefined),
    },
    {
      rule: 'bounds its map',
      isWrong: schema =>
        schema.additionalProperties !== undefined && schema.maxProperties === undefined,
    },
    {
      rule: 'tells its default in words',
      isWrong: ({ default: value, description = '' }) =>
        isPlain(value) && !description.includes(`y default ${wordOf(value)}`),
    },
  ])('every field $rule', ({ isWrong }) => {
    expect(fieldsWhere(isWrong)).toEqual([])
  })

  it('every rule says what cannot be, why, and what to do', () => {
    const messages = known.flatMap(rulesOf).map(({ message }) => message)
    expect(messages.length).toBeGreaterThan(25)
    expect(messages.filter(message => !/^cannot [^:]+: [^;]+; .+/s.test(message))).toEqual([])
  })

  it('every kind knows the same countries: those that are officially assigned', () => {
    const [ofRegion = [], ofTenant] = known.map(countriesOf)
    expect(ofTenant).toEqual(ofRegion)
    expect(ofRegion).toHaveLength(249)
    expect(ofRegion).toEqual(allCodes().filter(code => isNamed(code) && !isUnofficial(code)))
  })
})

it('operator/resources holds what npm run generate makes of crds/', async () => {
  for (const [name, source] of Object.entries(await generateTypes())) {
    const committed = new URL(`../../operator/resources/${name}`, import.meta.url)
    expect(await readFile(committed, 'utf8'), `${name}; do: npm run generate`).toBe(source)
  }
})

const isBoundedText = (schema: Schema): boolean =>
  ['maxLength', 'enum'].some(keyword => schema[keyword] !== undefined) ||
  schema.format === 'date-time'

const isPlain = (value: unknown): boolean => value !== undefined && typeof value !== 'object'

/** A text of digits needs its quotes in YAML, and so does one that begins with a digit and a blank. */
const wordOf = (value: unknown): string =>
  typeof value === 'string' && /^\d+( |$)/.test(value) ? `"${value}"` : `${value}`

interface Rule {
  rule: string
  message: string
}

/** All CEL rules of a kind, also those of the object itself and of items. */
function rulesOf(definition: Definition): Rule[] {
  const schemas = [definition.schema, ...fieldsOf(definition).flatMap(partsOf)]
  return schemas.flatMap(schema => (schema['x-kubernetes-validations'] ?? []) as Rule[])
}

function countriesOf(definition: Definition): string[] {
  const [rule] = rulesOf(definition).filter(({ rule }) => rule.startsWith('self in ['))
  return [...(rule?.rule.matchAll(/'([A-Z]{2})'/g) ?? [])].map(([, code = '']) => code)
}

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const allCodes = () => LETTERS.flatMap(first => LETTERS.map(second => first + second))

const cldr = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
const isNamed = (code: string) => cldr.of(code) !== undefined

/**
 * What CLDR names besides countries: codes that ISO 3166-1 reserves (AC, CP, CQ, DG, EA, EU, EZ, FX, IC, SU, TA, UK, UN),
 * has withdrawn, or leaves to its users (QO, XA, XB, XK, ZZ).
 */
const UNOFFICIAL =
  'AC AN BU CP CQ CS DD DG DY EA EU EZ FX HV IC NH QO RH SU TA TP UK UN VD XA XB XK YD YU ZR ZZ'
const isUnofficial = (code: string) => UNOFFICIAL.includes(code)
