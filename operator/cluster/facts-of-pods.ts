import type { PodFacts } from './observed.ts'

interface Container {
  name: string
}

export interface Pod {
  metadata: { ownerReferences?: { kind: string; name: string; controller?: boolean }[] }
  spec?: {
    initContainers?: Container[]
    containers?: Container[]
    ephemeralContainers?: Container[]
    volumes?: Record<string, unknown>[]
  }
}

/** What a volume may be: it lives and dies with the pod, is handed in by the API server, or is a claim, which is seen itself. */
export const VOLUMES = [
  'configMap',
  'downwardAPI',
  'emptyDir',
  'persistentVolumeClaim',
  'projected',
  'secret',
] as const

/** Whose a pod is, and what is in it. */
export function contentOf({
  metadata,
  spec = {},
}: Pod): Pick<PodFacts, 'owner' | 'containers' | 'entered' | 'volume'> {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller)
  const { initContainers = [], containers = [], ephemeralContainers = [], volumes = [] } = spec
  const strange = volumes
    .flatMap(volume => Object.keys(volume))
    .find(kind => kind !== 'name' && !VOLUMES.some(one => one === kind))
  return {
    ...(owner && { owner: `${owner.kind}/${owner.name}` }),
    containers: [...initContainers, ...containers].map(({ name }) => name).join(),
    ...(ephemeralContainers.length > 0 && { entered: true }),
    ...(strange !== undefined && { volume: strange }),
  }
}
