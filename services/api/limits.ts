/** Bounds of one request, where nothing else is said; whoever needs more asks in several. */
export const LIMITS = {
  /** Connections at a time; a further one is closed. One with TLS takes some 70 KB, and the smallest pod has 256 MiB. */
  connections: 500,
  /** Milliseconds until TLS must be agreed on: who only connects shall not keep the others out. */
  handshakeMs: 10_000,
  /** Bytes of a request's body. */
  bodyBytes: 64 * 1024,
  /** Lexical tokens of a query. */
  tokens: 4000,
  aliases: 50,
  /** Fields inside fields. */
  depth: 12,
  /** Fields selected, those of fragments each time they are used. */
  fields: 500,
  /** Fields that the answer can have: those below a list count once for each item that can be in it. */
  cost: 100_000,
  /** Items of a page. */
  page: 200,
  /** Characters of a filter's text. */
  text: 255,
  /** Milliseconds of one SQL statement. */
  statementMs: 10_000,
  /** Bytes of the body of POST /enrol. */
  enrolmentBytes: 4 * 1024,
  /**
   * Monitors that ask for an account within a second, whatever code they have. Nobody guesses 140 bits: this keeps the
   * database for the others.
   */
  enrolmentsPerSecond: 20,
} as const
