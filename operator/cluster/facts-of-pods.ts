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

interface Ended {
  terminated?: { message?: string }
}

interface ContainerStatus {
  name: string
  state?: Ended
  lastState?: Ended
}

export interface Containers {
  initContainerStatuses?: ContainerStatus[]
  containerStatuses?: ContainerStatus[]
}

/** Of one that is tried again, what the last try said. */
export function toldBy({ initContainerStatuses = [], containerStatuses = [] }: Containers) {
  const restore = initContainerStatuses.find(({ name }) => name === 'restore')
  const backup = containerStatuses.find(({ name }) => name === 'backup')
  const ended = restore ? (restore.state?.terminated ?? restore.lastState?.terminated) : undefined
  const told = (ended ?? backup?.state?.terminated)?.message?.trim()
  return told ? { told: told.slice(0, LONGEST_TOLD) } : {}
}

const LONGEST_TOLD = 600

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
