/** Whether something that must be true is, and the figures that say so. */
export interface Verdict {
  what: string
  holds: boolean
  figures: string
}

/** Figures by name; every one under `wrong` must be 0. */
export function verdict(
  what: string,
  right: Record<string, number>,
  wrong: Record<string, number>,
): Verdict {
  const words = Object.entries({ ...right, ...wrong }).map(([name, n]) => `${n} ${name}`)
  return { what, holds: Object.values(wrong).every(n => n === 0), figures: words.join(', ') }
}

/** A line of a report. */
export function lineOf({ what, holds, figures }: Verdict): string {
  return `${holds ? 'holds' : 'BROKEN'}: ${what}: ${figures}`
}
