import { collectorProblem } from '../../residency/collector.ts'
import type { Region } from '../../resources/region.ts'

/** As storage.k8s.io/v1 has it. */
export interface StorageClass {
  volumeBindingMode?: string
  allowedTopologies?: { matchLabelExpressions?: { key: string; values: string[] }[] }[]
}

/**
 * Why tenants cannot be placed in the region, or nothing. Volumes are made where their StorageClass allows, so it has to
 * allow the region only; labels of nodes are believed here, and volumes are verified each by itself later.
 */
export function placementProblem(
  region: Region,
  storageClass: StorageClass | undefined,
  nodes: readonly Readonly<Record<string, string>>[],
): string | undefined {
  return (
    storageProblem(region, storageClass) ??
    nodesProblem(region, nodes) ??
    collectorProblem(region.spec)
  )
}

function storageProblem(
  region: Region,
  storageClass: StorageClass | undefined,
): string | undefined {
  const { storageClassName: name, regionLabel, regionValue } = region.spec.placement
  const cannot = `cannot use StorageClass ${name}`
  if (!storageClass) return `${cannot}: it does not exist; create it, or name another one`
  if (storageClass.volumeBindingMode !== 'WaitForFirstConsumer') {
    return `${cannot}: volumes are made before it is known where their pod runs; set volumeBindingMode to WaitForFirstConsumer`
  }
  const terms = storageClass.allowedTopologies ?? []
  const isBound = terms.length > 0 && terms.every(term => isWithin(term, regionLabel, regionValue))
  if (isBound) return undefined
  return `${cannot}: it may make volumes outside of the region; set allowedTopologies to ${regionLabel} in (${regionValue})`
}

type Term = NonNullable<StorageClass['allowedTopologies']>[number]

/** Terms are alternatives, the expressions of one hold together. */
function isWithin({ matchLabelExpressions = [] }: Term, key: string, value: string): boolean {
  return matchLabelExpressions.some(
    expression => expression.key === key && expression.values.every(one => one === value),
  )
}

function nodesProblem(
  region: Region,
  nodes: readonly Readonly<Record<string, string>>[],
): string | undefined {
  const { regionLabel, regionValue, nodeSelector = {} } = region.spec.placement
  const wanted = { ...nodeSelector, [regionLabel]: regionValue }
  const fits = (labels: Readonly<Record<string, string>>) =>
    Object.entries(wanted).every(([key, value]) => labels[key] === value)
  if (nodes.some(fits)) return undefined
  const labels = Object.entries(wanted).map(([key, value]) => `${key}=${value}`)
  return `cannot place pods: no node has the labels ${labels.join(', ')}; label the region's nodes`
}
