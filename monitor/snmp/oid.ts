const OID = /^\d{1,10}(?:\.\d{1,10}){1,127}$/

/** Whether the text is an object identifier in dotted notation, at most 128 arcs (RFC 2578 section 3.5). */
export function isOid(text: string): boolean {
  return OID.test(text)
}

/** Whether `oid` is `base` or below it. */
export function isWithin(base: string, oid: string): boolean {
  return oid.startsWith(base) && (oid.length === base.length || oid[base.length] === '.')
}

/** Order of object identifiers: arc by arc as numbers, a prefix before what is longer (RFC 3416 section 4.2.2). */
export function compareOids(a: string, b: string): number {
  const left = a.split('.')
  const right = b.split('.')
  for (let arc = 0; arc < left.length && arc < right.length; arc++) {
    const difference = Number(left[arc]) - Number(right[arc])
    if (difference !== 0) return difference
  }
  return left.length - right.length
}
