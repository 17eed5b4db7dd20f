/** Why a call to an API server failed, in a form that decides what to do next. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** HTTP status; `undefined`: no answer came. */
  readonly code: number | undefined
  /** Kubernetes' word, e.g. `Conflict`, or one of ours: `Unreachable`, `Timeout`, `Aborted`, `NotServed`, `BadAnswer`. */
  readonly reason: string
  readonly retryAfterMs: number | undefined

  constructor(message: string, { code, reason, retryAfterMs, cause }: ApiErrorDetails) {
    super(message, { cause })
    this.code = code
    this.reason = reason
    this.retryAfterMs = retryAfterMs
  }
}

export interface ApiErrorDetails {
  code?: number | undefined
  reason: string
  retryAfterMs?: number | undefined
  cause?: unknown
}

/** `meta/v1` Status as far as it is read. */
export interface Status {
  message?: string
  reason?: string
  code?: number
  details?: {
    name?: string
    kind?: string
    retryAfterSeconds?: number
    causes?: { reason?: string; message?: string; field?: string }[]
  }
}

export const isNotFound = (error: unknown) => error instanceof ApiError && error.code === 404

/** Somebody else wrote in between, or an object of that name exists. */
export const isConflict = (error: unknown) => error instanceof ApiError && error.code === 409

/** The resource version, or the page, is too old: list again. */
export const isGone = (error: unknown) => error instanceof ApiError && error.code === 410

/** The cluster does not know the kind; it may learn it later. */
export const isNotServed = (error: unknown) =>
  error instanceof ApiError && error.reason === 'NotServed'

/** The server, or the way to it, is at fault rather than the request: the same request may succeed later. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  if (error.code === undefined) return error.reason === 'Unreachable' || error.reason === 'Timeout'
  return (error.code >= 500 && error.reason !== 'Invalid') || error.code === 429
}

/** What a call was about, for messages. */
export interface Deed {
  /** E.g. `apply`. */
  verb: string
  /** E.g. `Deployment tenant-acme/api`. */
  object: string
  /** The server's words may quote what was sent: they are left out. */
  isSecret: boolean
}

/** From an answer that is not a success. */
export function refusal(deed: Deed, answer: { code: number; body: string; retryAfter?: string }) {
  const status = parseStatus(answer.body)
  const reason = reasonOf(status, answer.code)
  const why = deed.isSecret ? withoutValues(status, reason) : withoutName(status.message ?? reason)
  const seconds = status.details?.retryAfterSeconds ?? Number(answer.retryAfter)
  return new ApiError(`cannot ${deed.verb} ${deed.object}: ${why.slice(0, MESSAGE_LENGTH)}`, {
    code: answer.code,
    reason,
    retryAfterMs: seconds > 0 ? seconds * 1000 : undefined,
  })
}

/** A kubeconfig may be a person's, and the message goes into statuses. Accounts of the cluster are nobody's. */
function withoutName(message: string): string {
  return message.replace(/User "(?!system:)[^"]*"/g, 'User "[name]"')
}

/** From a request that got no answer, or not all of it. */
export function failure(deed: Deed, cause: unknown, signal: AbortSignal): ApiError {
  if (cause instanceof ApiError) return cause
  const { reason, why } = signal.aborted ? ended(signal) : lost(cause)
  return new ApiError(`cannot ${deed.verb} ${deed.object}: ${why}`, { reason, cause })
}

const MESSAGE_LENGTH = 1000

function reasonOf({ reason, details, message = '' }: Status, code: number): string {
  // An object that is missing is named; a path that the server does not know cannot be.
  if (code === 404 && details?.name === undefined) return 'NotServed'
  // Strict validation and wrong types end in a bare 500, as if the server were at fault.
  if (code === 500 && message.startsWith('failed to create typed patch object')) return 'Invalid'
  return reason ?? `HTTP ${code}`
}

function ended(signal: AbortSignal) {
  return signal.reason?.name === 'TimeoutError'
    ? { reason: 'Timeout', why: 'no answer in time' }
    : { reason: 'Aborted', why: 'stopped before the answer came' }
}

function lost(cause: unknown) {
  const { code, message = String(cause) } = cause as { code?: string; message?: string }
  const isLate = code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT'
  return isLate
    ? { reason: 'Timeout', why: 'no answer in time' }
    : { reason: 'Unreachable', why: `the API server does not answer: ${message || code}` }
}

function parseStatus(body: string): Status {
  try {
    return JSON.parse(body) ?? {}
  } catch {
    return { message: body } // a proxy's words
  }
}

/** Which fields are wrong and how, but nothing of what is in them. */
function withoutValues({ details }: Status, reason: string): string {
  const causes = details?.causes ?? []
  const fields = causes.map(cause => `${cause.field ?? 'a field'}: ${cause.reason ?? 'wrong'}`)
  return [reason, ...fields].join('; ')
}
