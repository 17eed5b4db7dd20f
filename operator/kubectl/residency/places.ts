import type { Region } from '../../resources/region.ts'
import type { Meta, Pod } from '../objects.ts'

export interface Node {
  metadata: Meta
}

export interface Claim {
  metadata: Meta
  spec?: { volumeName?: string }
}

export interface Volume {
  metadata: Meta
  spec?: {
    nodeAffinity?: {
      required?: {
        nodeSelectorTerms?: {
          matchExpressions?: { key: string; operator: string; values?: string[] }[]
        }[]
      }
    }
  }
}

/** Something of the tenant's, and where it is: values of the region's node label; `?`: nobody can tell. */
export interface Place {
  object: string
  place: string
  /** The node, or the volume. */
  by: string
}

export const UNKNOWN_PLACE = '?'

export function podPlaces(
  pods: readonly Pod[],
  nodes: readonly Node[] | undefined,
  region: Region,
): Place[] {
  const label = region.spec.placement.regionLabel ?? 'topology.kubernetes.io/region'
  return pods
    .filter(({ spec }) => spec?.nodeName !== undefined)
    .map(({ metadata, spec }) => {
      const node = nodes?.find(each => each.metadata.name === spec?.nodeName)
      return {
        object: `Pod ${metadata.name}`,
        place: node?.metadata.labels?.[label] ?? UNKNOWN_PLACE,
        by: `node ${spec?.nodeName}`,
      }
    })
}

export function volumePlaces(
  claims: readonly Claim[],
  volumes: readonly Volume[] | undefined,
  region: Region,
): Place[] {
  return claims.map(({ metadata, spec }) => {
    const name = spec?.volumeName
    const volume = volumes?.find(each => each.metadata.name === name)
    return {
      object: `PersistentVolumeClaim ${metadata.name}`,
      place: volume ? allowedBy(volume, region) : UNKNOWN_PLACE,
      by: name === undefined ? 'no volume yet' : `volume ${name}`,
    }
  })
}

/** Everywhere that one of its terms allows. */
function allowedBy({ spec }: Volume, { spec: { placement } }: Region): string {
  const label = placement.regionLabel ?? 'topology.kubernetes.io/region'
  const terms = spec?.nodeAffinity?.required?.nodeSelectorTerms ?? []
  const places = terms.map(({ matchExpressions = [] }) => {
    const bound = matchExpressions.find(({ key, operator }) => key === label && operator === 'In')
    return bound?.values ?? [UNKNOWN_PLACE]
  })
  const all = [...new Set(places.flat())]
  return all.length === 0 ? UNKNOWN_PLACE : all.sort().join(', ')
}
