import type { KubeObject } from '../../kubernetes/rest.ts'
import type { Seen } from './look.ts'
import { CLASS, defaultClass, isMarked } from './mark.ts'

const REGION = 'topology.kubernetes.io/region'

export interface Wanted {
  /** Images that nobody can pull: nodes must have them. */
  images: string[]
  /** Namespaces that will be made. */
  namespaces: string[]
  /** What the label of a node could say. */
  region: string
}

/** Why the demonstration cannot take place there, each with what to do; empty when it can. */
export function problemsOf(seen: Seen, wanted: Wanted): string[] {
  const problems = [
    versionProblem(seen),
    nodeProblem(seen, wanted),
    storageProblem(seen),
    takenProblem(seen, wanted),
    imageProblem(seen, wanted),
    serverProblem(seen),
  ]
  return problems.flatMap(why => (why ? [`cannot use context ${seen.context}: ${why}`] : []))
}

function versionProblem({ version: { major, minor, gitVersion } }: Seen): string | undefined {
  // Providers write 35+.
  if (Number(major) > 1 || Number.parseInt(minor, 10) >= 35) return undefined
  return `its Kubernetes is ${gitVersion}, and Platen needs 1.35 or newer; upgrade it`
}

/** Nodes on which the region's pods can run. */
export function regionalNodes({ nodes }: Pick<Seen, 'nodes'>): KubeObject[] {
  return nodes.filter(node => isReady(node) && regionOf(node))
}

export const regionOf = ({ metadata }: KubeObject): string => metadata.labels?.[REGION] ?? ''

function isReady({ status }: KubeObject): boolean {
  return status.conditions?.some(
    ({ type, status }: KubeObject) => type === 'Ready' && status === 'True',
  )
}

function nodeProblem(seen: Seen, { region }: Wanted): string | undefined {
  if (regionalNodes(seen).length > 0) return undefined
  const ready = seen.nodes.find(isReady)
  const kubectl = `kubectl --context ${seen.context}`
  if (!ready) return `none of its nodes is Ready; ${kubectl} describe nodes tells why`
  return `none of its nodes that are Ready says where it is; run ${kubectl} label node ${ready.metadata.name} ${REGION}=${region}`
}

function storageProblem({ context, storageClasses }: Seen): string | undefined {
  if (defaultClass(storageClasses)) return undefined
  const name = storageClasses[0]?.metadata.name
  if (!name) return 'it has no StorageClass; install a provisioner of volumes'
  return `none of its StorageClasses is the default; run kubectl --context ${context} annotate storageclass ${name} storageclass.kubernetes.io/is-default-class=true`
}

/** Nothing that was there before is changed, nor deleted by `down`. */
function takenProblem(seen: Seen, { namespaces }: Wanted): string | undefined {
  if (isMarked(seen.storageClasses)) return undefined
  const taken = [
    ...(seen.hasPlaten ? ['Platen'] : []),
    ...namespaces.filter(name => seen.namespaces.includes(name)).map(name => `namespace ${name}`),
    ...(seen.storageClasses.some(({ metadata }) => metadata.name === CLASS)
      ? [`StorageClass ${CLASS}`]
      : []),
  ]
  if (taken.length === 0) return undefined
  return `it has already what npm run cluster did not make: ${taken.join(', ')}; give another cluster, or remove that`
}

/** A node lists so many images at most: https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ */
const LISTED = 50

function imageProblem(seen: Seen, { images }: Wanted): string | undefined {
  for (const { metadata, status } of regionalNodes(seen)) {
    const listed: KubeObject[] = status.images ?? []
    if (listed.length >= LISTED) continue
    const names = listed.flatMap(({ names = [] }) => names)
    const missing = images.filter(image => !names.includes(image))
    if (missing.length === 0) continue
    return `its node ${metadata.name} has not the images ${missing.join(', ')}; load them and wait a minute (npm run images -- --output DIR, then kind load image-archive DIR/platen-images.tar or k3s ctr images import DIR/platen-images.tar), or push them to a registry that it reaches (npm run images -- --registry REGISTRY --push) and give --registry REGISTRY`
  }
  return undefined
}

/** An address of this machine's own leads pods nowhere. */
const LOOPBACK = /^(localhost|127\..*|0\.0\.0\.0|\[::1\])$/

/** Its API server, as the other cluster's pods reach it. Undefined: nobody knows. */
export function serverOf({ url, endpoint }: Pick<Seen, 'url' | 'endpoint'>): string | undefined {
  if (!LOOPBACK.test(new URL(url).hostname)) return url
  return endpoint && `https://${endpoint}`
}

function serverProblem(seen: Seen): string | undefined {
  if (serverOf(seen)) return undefined
  return `its kubeconfig says ${seen.url}, which no pod reaches, and EndpointSlice default/kubernetes names no other address; put one that pods reach into the kubeconfig`
}
