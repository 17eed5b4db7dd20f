/** What a log may hold of an error: never its message, which may quote values or SQL. */
export interface ErrorDetails {
  /** Its name, e.g. TypeError. */
  error: string
  /** The code that Node or the database gives it, or its cause. */
  code: string | undefined
  /** Where it was thrown: the first five frames. */
  at: string[]
}

export function errorDetails(error: unknown): ErrorDetails {
  return {
    error: error instanceof Error ? error.name : typeof error,
    code: codeOf(error),
    at: frames(error),
  }
}

/** The code of an error or of what caused it, e.g. ECONNREFUSED or a SQLSTATE. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  return codeOf(error.cause)
}

function frames(error: unknown): string[] {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : []
  return lines
    .filter(line => line.startsWith('    at '))
    .slice(0, 5)
    .map(line => line.trim())
}
