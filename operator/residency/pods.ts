import type { PodFacts } from '../cluster/observed.ts'
import { LABELS } from '../names.ts'
import { NOWHERE, type Places, requires } from './places.ts'
import { contentFindings } from './pod-content.ts'
import type { Commitment } from './rules.ts'
import type { Finding, Seen, Sighting } from './sighting.ts'

/** Where the pods' nodes are, and whether the pods are bound to the place at all. */
export function podFindings({ objects, places }: Sighting, committed: Commitment): Seen {
  const findings: Finding[] = []
  const seen: Record<string, number> = {}
  for (const { facts, labels } of objects) {
    if (facts.kind !== 'pod') continue
    const which = `pod of ${labels[LABELS.name] ?? labels['cnpg.io/cluster'] ?? 'an unknown part'}`
    findings.push(...contentFindings(facts, labels, which), ...unbound(facts, which, committed))
    const place = placeOf(facts, places, committed)
    if (place === 'pending') continue
    seen[place ?? NOWHERE] = (seen[place ?? NOWHERE] ?? 0) + 1
    findings.push(...elsewhere(place, which, committed))
  }
  return { findings, places: seen }
}

function unbound({ affinity }: PodFacts, which: string, { label, place }: Commitment): Finding[] {
  if (requires(affinity, label, place)) return []
  const message = `a ${which} does not require a node with ${label}=${place} and could run anywhere; delete it`
  return [{ verdict: 'violated', message }]
}

/** Undefined: nobody can tell where its node is. */
function placeOf({ node, phase }: PodFacts, places: Places, { label }: Commitment) {
  if (node === undefined) return 'pending'
  const place = places.ofNode(node, label)
  // What ended on a node that is gone leaves nothing behind but its record.
  return place === undefined && isOver({ phase }) ? 'pending' : place
}

/** Nothing of it runs any more. */
export const isOver = ({ phase }: Pick<PodFacts, 'phase'>) =>
  phase === 'Succeeded' || phase === 'Failed'

function elsewhere(
  place: string | undefined,
  which: string,
  { label, place: home }: Commitment,
): Finding[] {
  if (place === home) return []
  if (place === undefined) {
    return [
      {
        verdict: 'unknown',
        message: `nobody can tell where the node of a ${which} is: it is gone, or too new to have its labels`,
      },
    ]
  }
  const where = place === NOWHERE ? `on a node without the label ${label}` : `in ${place}`
  const message = `a ${which} is ${where}, not in ${home}; move or relabel nothing before it is clear why, then delete it`
  return [{ verdict: 'violated', message }]
}
