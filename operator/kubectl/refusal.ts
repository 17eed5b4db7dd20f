import { Failure } from './failure.ts'

/** What kubectl came to. `missing-kind`: the cluster does not know what was asked for. */
export type RefusalKind =
  | 'not-found'
  | 'forbidden'
  | 'unauthorized'
  | 'missing-kind'
  | 'unreachable'
  | 'conflict'
  | 'other'

/** kubectl, or the API server by it, refused; `why` is its own sentence. */
export class Refusal extends Failure {
  readonly kind: RefusalKind
  readonly why: string
  constructor(what: string, { kind, why }: Refused) {
    super(`cannot ${what}: ${why}${ADVICE[kind]}`)
    this.kind = kind
    this.why = why
  }
}

export interface Refused {
  kind: RefusalKind
  why: string
}

const ADVICE: Record<RefusalKind, string> = {
  'not-found': '',
  forbidden: '; ask for that right, or somebody who has it',
  unauthorized: '; sign in again',
  'missing-kind': '; is this the management cluster? Choose it with --context',
  unreachable: '; check the network, or choose another cluster with --context',
  conflict: '; try again',
  other: '',
}

/** As kubectl writes what an API server answers: a reason out of Kubernetes' own list, then the server's message. */
const FROM_SERVER = /^Error from server(?: \((\w+)\))?: ([\s\S]*)/m
const REASONS: Record<string, RefusalKind> = {
  NotFound: 'not-found',
  Forbidden: 'forbidden',
  Unauthorized: 'unauthorized',
  Conflict: 'conflict',
  ServiceUnavailable: 'unreachable',
  Timeout: 'unreachable',
}
const OTHERS: [RegExp, RefusalKind][] = [
  [/the server doesn't have a resource type/, 'missing-kind'],
  [/You must be logged in to the server/, 'unauthorized'],
  [
    /Unable to connect to the server|The connection to the server|dial tcp|context deadline exceeded|Client\.Timeout/,
    'unreachable',
  ],
  [/context .*does not exist|no configuration has been provided|invalid configuration/, 'other'],
]

/** Reads what kubectl wrote to standard error when it failed. */
export function readRefusal(text: string): Refused {
  const [, reason, message] = FROM_SERVER.exec(text) ?? []
  if (message !== undefined) {
    const sentence = oneLine(message)
    // The server has no such path: the definition is not installed.
    const isPath = /could not find the requested resource/.test(sentence)
    return { kind: isPath ? 'missing-kind' : (REASONS[reason ?? ''] ?? 'other'), why: sentence }
  }
  const kind = OTHERS.find(([pattern]) => pattern.test(text))?.[1] ?? 'other'
  return { kind, why: oneLine(lastLineOf(text)) || 'kubectl says nothing' }
}

/** kubectl repeats itself before it gives up; what is said last counts. */
function lastLineOf(text: string): string {
  const lines = text.split('\n').filter(line => line.trim() !== '')
  return (lines.at(-1) ?? '').replace(/^error: /i, '')
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ')
}
