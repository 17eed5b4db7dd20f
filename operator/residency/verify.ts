import { type Facts, printable, type Verdict } from '@platen/ledger'
import type { Observed } from '../cluster/observed.ts'
import { tenantNamespace } from '../names.ts'
import { collectorOf } from './collector.ts'
import { backupFindings, foreignFindings, isForeign, policyFindings } from './exits.ts'
import { podFindings } from './pods.ts'
import { brokenRules, type Commitment, commitmentOf } from './rules.ts'
import type { Finding, Seen, Sighting } from './sighting.ts'
import { volumeFindings } from './volumes.ts'

export interface Verified {
  verdict: Verdict
  reasons: string[]
  facts: Facts
  /** A rule of the CRDs is broken: what would be applied now could move the tenant. */
  isMoved: boolean
}

const STILL: Finding = {
  verdict: 'violated',
  message: 'it was violated before, and too little was seen since to say otherwise',
}

/** More reasons than these say nothing new. */
const REASONS_KEPT = 20

/**
 * Compares what was seen with what was promised. Anything that lies elsewhere, or that nothing keeps here, is
 * `violated`, also when other facts are missing; missing facts alone are `unknown`, and do not end a violation.
 */
export function verifyResidency(all: Sighting): Verified {
  const sighting = { ...all, objects: all.objects.filter(isAtHome(all)) }
  const committed = sighting.committed ?? commitmentOf(sighting.region, sighting.tenant)
  const pods = podFindings(sighting, committed)
  const volumes = volumeFindings(sighting, committed)
  const rules = ruleFindings(sighting)
  const findings = [
    ...rules,
    ...pods.findings,
    ...volumes.findings,
    ...backupFindings(sighting),
    ...policyFindings(sighting),
    ...foreignFindings(sighting),
    ...nothingSeen([pods, volumes]),
  ]
  const seen = verdictOf(findings)
  const verdict = seen === 'unknown' && sighting.before === 'violated' ? 'violated' : seen
  // Missing facts change nothing about what is violated.
  const reasons = findings.filter(finding => finding.verdict === seen)
  return {
    verdict,
    reasons: sentences(seen === verdict ? reasons : [...reasons, STILL]),
    facts: factsOf(sighting, { committed, pods: pods.places, volumes: volumes.places }),
    isMoved: rules.length > 0,
  }
}

/** Anybody may put a tenant's label on what is in another namespace; it has nothing of the tenant. */
function isAtHome({ tenant }: Sighting) {
  const namespace = tenantNamespace(tenant.metadata.name)
  return ({ ref }: Observed) => ref.namespace === namespace
}

function ruleFindings({ annotations: namespace, ...records }: Sighting): Finding[] {
  const broken = brokenRules({ ...records, namespace })
  return broken.map(message => ({ verdict: 'violated', message }))
}

function nothingSeen(parts: readonly Seen[]): Finding[] {
  if (parts.some(({ places }) => Object.keys(places).length > 0)) return []
  return [{ verdict: 'unknown', message: 'neither a placed pod nor a bound volume was seen yet' }]
}

function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some(({ verdict }) => verdict === 'violated')) return 'violated'
  return findings.length > 0 ? 'unknown' : 'verified'
}

function sentences(findings: readonly Finding[]): string[] {
  const messages = findings.map(({ message }) => printable(message))
  return [...new Set(messages)].sort().slice(0, REASONS_KEPT)
}

function factsOf(
  { region, objects, policies: own, backup }: Sighting,
  seen: { committed: Commitment } & Pick<Facts, 'pods' | 'volumes'>,
): Facts {
  const { committed, pods, volumes } = seen
  const collector = collectorOf(region.spec)
  const policies = objects.filter(({ ref }) => ref.kind === 'NetworkPolicy')
  const changed = policies.filter(isForeign(own)).length
  return {
    countries: [...region.spec.countries].sort(),
    label: committed.label,
    place: committed.place,
    pods,
    volumes,
    ...(backup?.kind === 'seen' && { backup: printable(backup.location, 63) }),
    ...(collector && { telemetry: printable(new URL(collector).hostname, 253) }),
    policies: { own: policies.length - changed, foreign: changed },
  }
}
