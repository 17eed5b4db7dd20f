import type { ClaimFacts, VolumeFacts } from '../cluster/observed.ts'
import { NOWHERE, type Places } from './places.ts'
import type { Commitment } from './rules.ts'
import type { Finding, Seen, Sighting } from './sighting.ts'

/** Where the tenant's bound volumes can be, by their own node affinity, and where their content came from. */
export function volumeFindings(sighting: Sighting, committed: Commitment): Seen {
  const findings: Finding[] = []
  const places: Record<string, number> = {}
  const { storageClassName } = sighting.region.spec.placement
  for (const { ref, facts } of sighting.objects) {
    if (facts.kind !== 'claim') continue
    const seen = boundFindings(ref.name, facts, { sighting, committed })
    findings.push(...originFindings(ref.name, facts, storageClassName), ...seen.findings)
    for (const place of Object.keys(seen.places)) places[place] = (places[place] ?? 0) + 1
  }
  return { findings, places }
}

function boundFindings(
  name: string,
  { phase, volume: volumeName }: ClaimFacts,
  { sighting, committed }: { sighting: Sighting; committed: Commitment },
): Seen {
  if (phase !== 'Bound' || volumeName === undefined) return { findings: [], places: {} }
  const facts = sighting.volume(volumeName)?.facts
  if (facts?.kind !== 'volume') {
    const message = `the volume of the claim ${name} cannot be seen`
    return { findings: [{ verdict: 'unknown', message }], places: {} }
  }
  const bound = volumePlaces(facts, sighting.places, committed)
  const findings = placeFindings(name, { facts, bound }, committed)
  return { findings, places: Object.fromEntries(bound.map(place => [place, 1])) }
}

/** A volume that was not made here for this claim brings somebody's data along, or was put there by hand. */
function originFindings(name: string, claim: ClaimFacts, storageClass: string): Finding[] {
  const rules: [boolean, string][] = [
    [
      claim.dataSource,
      'is filled from a snapshot or another volume; restore through a backup instead',
    ],
    [claim.preset, 'was given a volume by hand; let the StorageClass make one'],
    [
      claim.storageClass !== storageClass,
      `has the StorageClass ${claim.storageClass ?? '""'}, not ${storageClass}; let the operator make it`,
    ],
  ]
  const broken = rules.filter(([isBroken]) => isBroken)
  return broken.map(([, what]) => ({ verdict: 'violated', message: `the claim ${name} ${what}` }))
}

/** All places that a volume allows; `NOWHERE` where none is known. */
function volumePlaces({ affinity }: VolumeFacts, places: Places, { label }: Commitment): string[] {
  const all = affinity.flatMap(term => {
    const found = places.ofTerm(term, label)
    return found.length > 0 ? found : [NOWHERE]
  })
  return all.length > 0 ? [...new Set(all)] : [NOWHERE]
}

interface Bound {
  facts: VolumeFacts
  bound: string[]
}

function placeFindings(claim: string, { facts, bound }: Bound, { place }: Commitment): Finding[] {
  const which = `the volume of the claim ${claim}`
  if (!facts.provisioned) {
    const message = `${which} was made by hand, and nothing but its maker's word says where it is; let the StorageClass make one`
    return [{ verdict: 'violated', message }]
  }
  if (facts.affinity.length === 0) {
    const message = `${which} has no node affinity: it can be attached anywhere; use a StorageClass whose provisioner sets it`
    return [{ verdict: 'violated', message }]
  }
  const abroad = bound.filter(one => one !== place && one !== NOWHERE)
  if (abroad.length > 0) {
    const message = `${which} can be in ${abroad.sort().join(', ')}, not only in ${place}; find out what is on it before you remove it`
    return [{ verdict: 'violated', message }]
  }
  if (!bound.includes(NOWHERE)) return []
  const message = `${which} is bound to nodes that are gone or have no label that says where they are`
  return [{ verdict: 'unknown', message }]
}
