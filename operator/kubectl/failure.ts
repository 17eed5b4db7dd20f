/** Exit statuses of every command; docs/kubectl.md tells them. */
export const STATUS = {
  done: 0,
  /** It was looked at, and something is not as it should be. */
  wrong: 1,
  /** It could not be done, or looked at: a wrong command line, no such tenant, no right, no cluster. */
  cannot: 2,
  /** It was looked at, and nobody can tell. */
  open: 3,
  /** As of a program that SIGINT ended. */
  stopped: 130,
} as const

/** What ends a command; its message is all that needs to be said. */
export class Failure extends Error {
  readonly status: number
  constructor(message: string, { status = STATUS.cannot, ...options }: FailureOptions = {}) {
    super(message, options)
    this.status = status
  }
}

interface FailureOptions extends ErrorOptions {
  status?: number
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
