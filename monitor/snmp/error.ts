/**
 * Why an agent could not be asked: `timeout` no answer in time; `refused` the agent said no (an SNMP error-status, for
 * one object when `oid` is there); `too-big` the answer does not fit; `invalid` an answer that is none; `denied` a v3
 * agent does not know the user or the key; `endless` a table out of order or beyond its bounds; `closed` the session
 * was closed or its time is over.
 */
export type SnmpErrorCode =
  | 'timeout'
  | 'refused'
  | 'too-big'
  | 'invalid'
  | 'denied'
  | 'endless'
  | 'closed'

/** The one error that reading by SNMP throws. Its message holds neither address nor value. */
export class SnmpError extends Error {
  readonly code: SnmpErrorCode
  readonly oid: string | undefined

  constructor(
    code: SnmpErrorCode,
    message: string,
    options: { oid?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'SnmpError'
    this.code = code
    this.oid = options.oid
  }
}
