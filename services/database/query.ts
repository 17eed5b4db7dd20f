/** A value that stands for itself in SQL text: an identifier or a piece of text that this code wrote. */
interface Raw {
  text: string
}

/**
 * A piece of SQL with its values apart from its text, as `sql` makes it from a template. Put into another template it
 * becomes part of it; awaited, it is run and gives the rows.
 */
export interface Query<Rows extends readonly object[] = Record<string, unknown>[]>
  extends PromiseLike<Rows> {
  readonly parts: readonly (Raw | Value)[]
}

interface Value {
  value: unknown
}

/** Text with $1, $2, ... and what they stand for. */
export interface Statement {
  text: string
  values: unknown[]
}

/** What runs a statement, e.g. a pool or one connection. */
export type Run = (statement: Statement) => Promise<object[]>

/** Makes queries that `run` runs. `sql('name')` is a quoted identifier. */
export function template(run: Run) {
  function sql<Rows extends readonly object[] = Record<string, unknown>[]>(
    strings: TemplateStringsArray,
    ...values: unknown[]
  ): Query<Rows>
  function sql(identifier: string): Query
  function sql(strings: TemplateStringsArray | string, ...values: unknown[]): Query {
    return typeof strings === 'string'
      ? query([{ text: `"${strings.replaceAll('"', '""')}"` }], run)
      : query(join(strings, values), run)
  }
  /** Text that this code wrote, never what came from outside. Run by itself it may hold several statements. */
  const unsafe = (text: string): Query => query([{ text }], run)
  return Object.assign(sql, { unsafe })
}

function query<Rows extends readonly object[]>(parts: Query['parts'], run: Run): Query<Rows> {
  return {
    parts,
    // biome-ignore lint/suspicious/noThenProperty: a query is run by awaiting it, and only then
    then(resolve, reject) {
      return (run(statement(parts)) as Promise<unknown> as Promise<Rows>).then(resolve, reject)
    },
  }
}

function join(strings: TemplateStringsArray, values: unknown[]): Query['parts'] {
  return strings.flatMap((text, i) =>
    i < values.length ? [{ text }, ...partsOf(values[i])] : [{ text }],
  )
}

function partsOf(value: unknown): Query['parts'] {
  if (typeof value === 'object' && value !== null && 'parts' in value) return (value as Query).parts
  return [{ value }]
}

function statement(parts: Query['parts']): Statement {
  const values: unknown[] = []
  const text = parts
    .map(part => ('text' in part ? part.text : `$${values.push(part.value)}`))
    .join('')
  return { text, values }
}
