import { X509Certificate } from 'node:crypto'

/** What the API gives for a code. */
export interface Enrolled {
  user: string
  domain: string
  xmppPort: number
  /** PEM; null: the system's authorities are enough. */
  certificateAuthority: string | null
  licence: string
  /** PEM. */
  licencePublicKey: string
}

export type Answer =
  | { kind: 'enrolled'; enrolled: Enrolled }
  /** For good: `reason` says what to do. */
  | { kind: 'refused'; reason: string }
  /** Not now, or not there: to be asked again. */
  | { kind: 'trouble'; reason: string }

const REFUSALS: Record<string, string> = {
  CODE_UNKNOWN: 'there is no such code at PLATEN_ENROL_URL; look whether both are right and whole',
  CODE_USED: 'it was used already; ask for a new one',
  CODE_EXPIRED: 'it has expired; ask for a new one',
}

/** Only what the API itself refuses is refused: a proxy on the way may answer anything. */
export function readAnswer(status: number, text: string): Answer {
  const body = parse(text)
  if (status === 200) {
    const enrolled = enrolledIn(body)
    if (enrolled) return { kind: 'enrolled', enrolled }
    return { kind: 'trouble', reason: 'the answer is not that of a tenant; check PLATEN_ENROL_URL' }
  }
  const reason = REFUSALS[codeIn(body)]
  if (reason !== undefined) return { kind: 'refused', reason }
  return { kind: 'trouble', reason: `the answer has the status ${status}` }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Undefined: it is something else. */
export function enrolledIn(body: unknown): Enrolled | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const { user, domain, xmppPort, certificateAuthority, licence, licencePublicKey } =
    body as Record<keyof Enrolled, unknown>
  if (!isText(user) || !isText(domain) || !isText(licence) || !isText(licencePublicKey)) return
  if (!isPort(xmppPort) || !isAuthority(certificateAuthority)) return undefined
  return { user, domain, xmppPort, certificateAuthority, licence, licencePublicKey }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536
}

function isAuthority(value: unknown): value is string | null {
  if (value === null) return true
  try {
    return typeof value === 'string' && new X509Certificate(value).raw.length > 0
  } catch {
    return false
  }
}

/** GraphQL's form: `{"errors": [{"extensions": {"code"}}]}`. */
function codeIn(body: unknown): string {
  const { errors } = (body ?? {}) as { errors?: { extensions?: { code?: unknown } }[] }
  const code = Array.isArray(errors) ? errors[0]?.extensions?.code : undefined
  return typeof code === 'string' ? code : ''
}
