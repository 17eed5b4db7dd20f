import type { ApiToken, Sql } from '@platen/database'
import SchemaBuilder from '@pothos/core'
import ComplexityPlugin, { ComplexityErrorKind } from '@pothos/plugin-complexity'
import DataloaderPlugin from '@pothos/plugin-dataloader'
import RelayPlugin from '@pothos/plugin-relay'
import { badInput } from '../errors.ts'
import { LIMITS } from '../limits.ts'
import { decodeGlobalId, encodeGlobalId } from './global-id.ts'

/** What every resolver gets; a new one for each request, so that loaders see one state. */
export interface Context {
  sql: Sql
  /** By which the request was let in; null only where nobody asks for one. */
  token: ApiToken | null
  /** Whether monitors enrol here. */
  enrols: boolean
}

const TOO_MUCH = {
  [ComplexityErrorKind.Depth]: { what: 'levels deep', max: LIMITS.depth, instead: 'nest less' },
  [ComplexityErrorKind.Breadth]: { what: 'fields', max: LIMITS.fields, instead: 'select fewer' },
  [ComplexityErrorKind.Complexity]: {
    what: 'fields in its answer, counting every item that a page can have',
    max: LIMITS.cost,
    instead: 'ask for smaller pages or fewer fields',
  },
}

const RESULT = {
  [ComplexityErrorKind.Depth]: 'depth',
  [ComplexityErrorKind.Breadth]: 'breadth',
  [ComplexityErrorKind.Complexity]: 'complexity',
} as const

/** One item's cost is what is selected of it: the connection itself has counted how many there can be. */
const ONCE = { complexity: { field: 1, multiplier: 1 } }

export const builder = new SchemaBuilder<{
  Context: Context
  DefaultFieldNullability: false
  DefaultEdgesNullability: false
  DefaultNodeNullability: false
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: Date; Output: Date }
    SafeInt: { Input: number; Output: number }
  }
}>({
  plugins: [ComplexityPlugin, RelayPlugin, DataloaderPlugin],
  defaultFieldNullability: false,
  relay: {
    encodeGlobalID: encodeGlobalId,
    decodeGlobalID: decodeGlobalId,
    edgesFieldOptions: { nullable: false, ...ONCE },
    nodeFieldOptions: { nullable: false },
    nodesOnConnection: ONCE,
    nodesQueryOptions: {
      complexity: ({ ids }: { ids: unknown[] }) => ({ field: 1, multiplier: ids.length }),
    },
  },
  complexity: {
    limit: { depth: LIMITS.depth, breadth: LIMITS.fields, complexity: LIMITS.cost },
    complexityError: (kind, result) => {
      const { what, max, instead } = TOO_MUCH[kind]
      return badInput(
        `cannot run the query: it has ${result[RESULT[kind]]} ${what}, at most ${max} are allowed; ${instead}`,
      )
    },
  },
})

builder.queryType()
builder.mutationType()
