import type { Report } from '@platen/protocol'

/** The sections of a report, each with its bit in the outbox's columns `sections` and `changed`. */
export const SECTION_BITS = {
  asset: 1,
  meters: 2,
  supplies: 4,
  trays: 8,
  incidents: 16,
  monitor: 32,
} as const satisfies Partial<Record<keyof Report, number>>

export type Section = keyof typeof SECTION_BITS
export const SECTIONS = Object.keys(SECTION_BITS) as Section[]

export function bitsOf(sections: readonly Section[]): number {
  return sections.reduce((bits, section) => bits | SECTION_BITS[section], 0)
}

export function isSection(name: string): name is Section {
  return name in SECTION_BITS
}
