import { writeFile } from 'node:fs/promises'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { schema } from './index.ts'

/** Where the schema is kept for review; `node services/api/schema/print.ts` writes it anew. */
export const SNAPSHOT = new URL('schema.graphql', import.meta.url)

/** The schema in GraphQL's own language, in a stable order. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}

if (import.meta.main) await writeFile(SNAPSHOT, printedSchema())
