/**
 * Why there is no connection. `condition` is that of the stream, SASL or stanza error (RFC 6120), or one of ours:
 * `no-tls`, `connection-lost`, `invalid-xml`, `timeout`, `unproved-server`.
 */
export class XmppError extends Error {
  override readonly name = 'XmppError'
  readonly condition: string

  constructor(condition: string, message: string) {
    super(message)
    this.condition = condition
  }
}

const ADVICE: Record<string, string> = {
  'not-authorized':
    'the server does not accept the account and its password; unless its database is away, check PLATEN_XMPP_USER and PLATEN_XMPP_PASSWORD, or enrol with a new code',
  'no-tls':
    'the server offers no TLS, and nothing is sent without; check PLATEN_XMPP_HOST and PLATEN_XMPP_PORT',
  'host-unknown': 'the server does not serve this domain; check PLATEN_XMPP_DOMAIN',
  ECONNREFUSED: 'nothing listens there; check PLATEN_XMPP_HOST and PLATEN_XMPP_PORT',
  ENOTFOUND: 'its name cannot be resolved; check PLATEN_XMPP_HOST',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another domain; check PLATEN_XMPP_DOMAIN',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody known; check PLATEN_XMPP_CA_FILE',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is signed by nobody known; check PLATEN_XMPP_CA_FILE',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is signed by nobody known; check PLATEN_XMPP_CA_FILE',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is signed by nobody known; check PLATEN_XMPP_CA_FILE',
}

/** The reason in words for the log, without hosts and names. */
export function explain(error: unknown): string {
  const condition = conditionOf(error)
  return ADVICE[condition] ?? (error instanceof XmppError ? error.message : condition)
}

function conditionOf(error: unknown): string {
  if (error instanceof XmppError) return error.condition
  if (!(error instanceof Error)) return 'unknown'
  // A DOMException, such as that of a timeout, has a number there.
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
