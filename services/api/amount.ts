/** An amount and what it is measured by, as the Printer MIB gives them; null is what the device does not say. */
export interface Amount {
  unit: string | null
  capacity: number | null
  level: number | null
  levelKind: 'some' | 'unlimited' | null
}

/** What is known about an amount. */
export type Knowledge = 'KNOWN' | 'SOME' | 'UNLIMITED' | 'UNKNOWN'

const KNOWLEDGE = { some: 'SOME', unlimited: 'UNLIMITED' } as const

/** A number, or the Printer MIB's -3 (some), -1 (unlimited), or -2 and silence (unknown). */
export function knowledge(level: number | null, kind: 'some' | 'unlimited' | null): Knowledge {
  if (level !== null) return 'KNOWN'
  return kind ? KNOWLEDGE[kind] : 'UNKNOWN'
}

/**
 * Percent that remains, to a tenth; null when it can't be told. By RFC 3805 (prtMarkerSuppliesLevel) the level is what
 * is left of a consumed supply and the room that is left in a receptacle, so both are level / capacity. A level in
 * percent needs no capacity. A level over its capacity says that one of them is wrong.
 */
export function percentRemaining({ unit, capacity, level }: Amount): number | null {
  const whole = capacity ?? (unit === 'percent' ? 100 : null)
  if (level === null || whole === null || whole <= 0 || level < 0 || level > whole) return null
  return Math.round((1000 * level) / whole) / 10
}

/** Percent of a receptacle that is full, to a tenth; null for anything else and when it can't be told. */
export function percentFilled(supply: Amount & { class: string | null }): number | null {
  const room = supply.class === 'filled' ? percentRemaining(supply) : null
  return room === null ? null : Math.round(1000 - 10 * room) / 10
}
