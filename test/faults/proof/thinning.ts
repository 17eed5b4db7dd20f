import { type Content, contentOf, type Section } from '../content.ts'
import type { Received } from './received.ts'
import { type Verdict, verdict } from './verdict.ts'

/**
 * Among the reports that thinning has dropped there is no change of incidents, and nothing that no later report of the
 * same device states again: no meter's last value.
 */
export function proveThinning(received: Received[], base: number): Verdict {
  const dropped = received.map(one => droppedFrom(one, base))
  const sum = (of: keyof Dropped) => dropped.reduce((all, one) => all + one[of], 0)
  const thinned = received.reduce((all, one) => all + one.thinned, 0)
  return verdict(
    'thinning dropped only what was said again',
    { thinned, 'of them stored before': Math.max(0, thinned - sum('reports')) },
    { 'changes of incidents lost': sum('incidents'), 'last values lost': sum('lastValues') },
  )
}

interface Dropped {
  reports: number
  incidents: number
  lastValues: number
}

/** Goes backwards, to know of each report what is said again after it. */
function droppedFrom(one: Received, base: number): Dropped {
  const dropped: Dropped = { reports: 0, incidents: 0, lastValues: 0 }
  const restated = new Set<string>() // device and section
  for (let n = one.last; n >= 1; n -= 1) {
    const content = contentOf(one.monitor, n, base)
    if (one.has(n)) restate(content, restated)
    else count(content, restated, dropped)
  }
  return dropped
}

function count(content: Content, restated: Set<string>, dropped: Dropped): void {
  const { changed } = content
  dropped.reports += 1
  if (changed.includes('incidents')) dropped.incidents += 1
  if (changed.some(section => !restated.has(key(content, section)))) dropped.lastValues += 1
}

function restate(content: Content, restated: Set<string>): void {
  for (const section of statedIn(content)) restated.add(key(content, section))
}

function statedIn({ report }: Content): Section[] {
  const { observedAt: _, device: __, ...sections } = report
  return Object.keys(sections) as Section[]
}

function key({ report }: Content, section: Section): string {
  return `${report.device} ${section}`
}
