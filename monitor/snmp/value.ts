/**
 * A value as an agent gives it: INTEGER, Counter, Gauge and TimeTicks as number, OCTET STRING as bytes, OBJECT
 * IDENTIFIER and IpAddress in dotted notation.
 */
export type SnmpValue = number | Uint8Array | string

/** What an agent said: instance OID, dotted, to value. What it does not have is not in the map. */
export type Rows = ReadonlyMap<string, SnmpValue>
