import type { Region } from '../resources/region.ts'
import { Failure } from './failure.ts'
import { createKubectl, type Kubectl } from './kubectl.ts'
import { see } from './seen.ts'
import { temporaryFile } from './temporary.ts'

export interface ClusterOptions {
  context: string | undefined
  kubeconfig: string | undefined
  /** The operator's own, where the kubeconfigs of regions are. */
  namespace: string
  /** `CONTEXT`, or `REGION=CONTEXT`. */
  regionContexts: string[]
  signal: AbortSignal
}

export interface Clusters {
  /** Where Regions and Tenants are. */
  management: Kubectl
  /** Where the region's tenants live. @throws Failure, also where the cluster is another one than the Region's */
  of(region: Region): Promise<Kubectl>
}

export function createClusters(options: ClusterOptions): Clusters {
  const { context, signal } = options
  const management = createKubectl({
    cluster: 'the management cluster',
    flags: flagsOf(options, context),
    signal,
  })
  const known = new Map<string, Promise<Kubectl>>()
  return {
    management,
    of(region) {
      const { name } = region.metadata
      const found = known.get(name) ?? connect({ options, management }, region)
      known.set(name, found)
      return found
    },
  }
}

function flagsOf({ kubeconfig }: ClusterOptions, context: string | undefined): string[] {
  return [
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
    ...(context === undefined ? [] : ['--context', context]),
  ]
}

interface Way {
  options: ClusterOptions
  management: Kubectl
}

async function connect({ options, management }: Way, region: Region): Promise<Kubectl> {
  const { name } = region.metadata
  if (!region.spec.cluster) return management
  const context = contextOf(options.regionContexts, name)
  const flags =
    context === undefined
      ? ['--kubeconfig', await kubeconfigOf({ options, management }, region)]
      : flagsOf(options, context)
  const cluster = `the cluster of region ${name}`
  const kubectl = createKubectl({ cluster, flags, signal: options.signal })
  await refuseOther(kubectl, region, context)
  return kubectl
}

/** The one for this region, or the one for any. */
export function contextOf(given: readonly string[], region: string): string | undefined {
  const own = given.find(text => text.startsWith(`${region}=`))
  return own?.slice(region.length + 1) ?? given.find(text => !/^[a-z0-9-]+=/.test(text))
}

interface Secret {
  data?: Record<string, string>
}

async function kubeconfigOf({ options, management }: Way, region: Region): Promise<string> {
  const { name } = region.metadata
  const ref = region.spec.cluster?.kubeconfigSecretRef
  const { name: secret = '', key = 'kubeconfig' } = ref ?? {}
  const read = await see(() => management.get<Secret>('secret', secret, options.namespace))
  const advice = `give a context of your own with --region-context ${name}=CONTEXT`
  if (read.why !== undefined) {
    throw new Failure(
      `cannot reach the cluster of region ${name} by the Secret ${options.namespace}/${secret}: ${read.why}; ${advice}, or the operator's namespace with --namespace`,
    )
  }
  const content = read.value.data?.[key]
  if (content !== undefined) return temporaryFile(Buffer.from(content, 'base64').toString())
  throw new Failure(
    `cannot reach the cluster of region ${name}: the Secret ${options.namespace}/${secret} has no key ${key}; ${advice}`,
  )
}

interface Namespace {
  metadata: { uid: string }
}

/** What is shown, or asked for, of another cluster would be about somebody else's tenants. */
async function refuseOther(
  kubectl: Kubectl,
  { metadata: { name }, status }: Region,
  context: string | undefined,
): Promise<void> {
  const expected = status?.clusterId
  if (expected === undefined) return
  const read = await see(() => kubectl.get<Namespace>('namespace', 'kube-system'))
  // Without the right to look, whoever gave the context has to know.
  if (read.value === undefined || read.value.metadata.uid === expected) return
  const way = context === undefined ? 'its Secret' : `the context ${context}`
  throw new Failure(
    `cannot use ${way} for region ${name}: it leads to another cluster than the one that the region lives in (status.clusterId); choose the right one with --region-context ${name}=CONTEXT`,
  )
}
