import { readFileSync } from 'node:fs'
import {
  operatorEnvironmentFromChart,
  operatorKubeconfigFromChart,
  renderChart,
} from '../../charts/chart.ts'
import type { KubeObject } from '../../kubernetes/index.ts'
import { type SimulatedS3, startSimulatedS3 } from '../../support/simulated-s3.ts'
import { API, DE, FR, NAMESPACE, namespaceNamed, secretNamed } from './objects.ts'
import { createOperators, type Operators } from './operators.ts'
import { type RegionCluster, startRegionCluster } from './region-cluster.ts'
import { type Views, viewsOf, type Which } from './views.ts'

/**
 * What a platform team has: the management cluster, in which Region `de` can live too, another one for Region `fr`, an
 * object store, the chart's rights and settings, and the operator as a process of its own. Regions and Tenants are up
 * to the test.
 */
export interface Platform extends Operators, Views, AsyncDisposable {
  /** The management cluster; its nodes are in eu-central-1. */
  de: RegionCluster
  /** The other one; its nodes are in eu-west-3. The Secret `cluster-fr` leads to it. */
  fr: RegionCluster
  store: SimulatedS3
  /** Path: of the chart's own account in the management cluster. */
  operatorKubeconfig: string
  /** For spec.backup of a Region; its credentials are in the Secret `backup-credentials` of `withCredentials`. */
  backup: KubeObject
  /** YAML or objects, to the management cluster. */
  apply(...what: (string | KubeObject)[]): Promise<void>
  /** As the management cluster's administrator. */
  kubectl(...args: string[]): Promise<string>
  /** A merge patch of the spec. */
  patch(which: Which, spec: object): Promise<void>
  /** Takes its finalizers away, as people do who cannot wait. */
  release(which: Which): Promise<void>
  /** Annotates; without a value the annotation goes. */
  annotate(which: Which, annotation: string, value?: string): Promise<void>
  /** Makes the operator look again, at what has not changed. */
  touch(...which: Which[]): Promise<void>
}

export interface PlatformOptions {
  /** For messages and folders. */
  name: string
  /** Without it there is one cluster, and `fr` is the same as `de`. */
  withFr?: boolean
}

const CREDENTIALS = { accessKeyId: 'platen', secretAccessKey: 'nobody-shall-read-this' }
const BUCKET = 'platen-backups-fr'

export async function startPlatform({ name, withFr }: PlatformOptions): Promise<Platform> {
  await using stack = new AsyncDisposableStack()
  const store = stack.use(
    await startSimulatedS3({ bucket: BUCKET, location: FR.place, ...CREDENTIALS }),
  )
  const [de, fr] = await startClusters(stack, name, withFr ?? false)
  const [operatorKubeconfig, environment] = await Promise.all([
    operatorKubeconfigFromChart(de.plane),
    operatorEnvironmentFromChart(),
    de.plane.installCrds('crds'),
    applyPolicies(de),
    makeCredentials(de, 'de', store),
  ])
  if (fr) await lead(de, fr, store)
  const operators = createOperators({
    ...environment,
    PLATEN_HEALTH_HOST: '127.0.0.1',
    PLATEN_HEALTH_PORT: '0',
    PLATEN_KUBECONFIG: operatorKubeconfig,
  })
  stack.defer(operators.stopOperator)
  const clusters: [RegionCluster, ...RegionCluster[]] = fr ? [de, fr] : [de]
  const all = stack.move()
  return {
    de,
    fr: fr ?? de,
    store,
    operatorKubeconfig,
    backup: backupIn(store),
    ...operators,
    ...viewsOf({ clusters, latest: operators.latest }),
    ...hands(de),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** At the same time, which halves the wait. What has started is stopped when the other one does not start. */
async function startClusters(
  stack: AsyncDisposableStack,
  name: string,
  withFr: boolean,
): Promise<[RegionCluster, RegionCluster | undefined]> {
  const both = await Promise.allSettled([
    startRegionCluster(`${name}-de`, DE),
    withFr ? startRegionCluster(`${name}-fr`, FR, { withOthers: true }) : undefined,
  ])
  for (const one of both) if (one.status === 'fulfilled') stack.use(one.value)
  const [de, fr] = both.map(one => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
  if (!de) throw new Error('cannot happen: it has started')
  return [de, fr]
}

/** What the chart lets the API server itself refuse. */
async function applyPolicies({ plane }: RegionCluster): Promise<void> {
  const input = (await renderChart()).filter(({ kind }) => kind.startsWith('ValidatingAdmission'))
  await plane.kubectl(['apply', '--server-side', '-f', '-'], { input })
}

/** What docs/operator.md tells to do for a region in a cluster of its own. */
async function lead(de: RegionCluster, fr: RegionCluster, store: SimulatedS3): Promise<void> {
  const [kubeconfig] = await Promise.all([
    operatorKubeconfigFromChart(fr.plane, { values: { mode: 'regional' } }),
    makeCredentials(fr, 'fr', store),
  ])
  const secret = secretNamed(NAMESPACE, 'cluster-fr', {
    kubeconfig: readFileSync(kubeconfig, 'utf8'),
  })
  await de.plane.kubectl(['apply', '--server-side', '-f', '-'], { input: [secret] })
}

/** Credentials of the object store and of the registry, where a Region reads them. */
async function makeCredentials(
  { plane }: RegionCluster,
  region: string,
  { ca }: SimulatedS3,
): Promise<void> {
  const namespace = `platen-region-${region}`
  await plane.kubectl(['apply', '--server-side', '-f', '-'], {
    input: [
      namespaceNamed(namespace, { 'platen.dev/region': region }),
      secretNamed(namespace, 'backup-credentials', {
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
        'ca.crt': ca,
      }),
      {
        ...secretNamed(namespace, 'registry', { '.dockerconfigjson': '{"auths":{}}' }),
        type: 'kubernetes.io/dockerconfigjson',
      },
    ],
  })
}

function backupIn({ endpoint, answer }: SimulatedS3): KubeObject {
  return {
    endpoint,
    bucket: BUCKET,
    location: answer.location,
    credentialsSecretRef: { name: 'backup-credentials' },
  }
}

type Hands = Pick<Platform, 'annotate' | 'apply' | 'kubectl' | 'patch' | 'release' | 'touch'>

function hands({ plane }: RegionCluster): Hands {
  let touched = 0
  async function merge(which: Which, body: object): Promise<void> {
    const [kind, name] = which.split('/')
    await plane.rest.call('PATCH', `/apis/${API}/${kind}s/${name}`, { patch: 'merge', body })
  }
  async function annotate(which: Which, annotation: string, value?: string): Promise<void> {
    await merge(which, { metadata: { annotations: { [annotation]: value ?? null } } })
  }
  return {
    annotate,
    async touch(...which) {
      for (const one of which) await annotate(one, 'touched', `${++touched}`)
    },
    async apply(...what) {
      const objects = what.filter(one => typeof one !== 'string')
      const texts = what.filter(one => typeof one === 'string')
      const input = [JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }), ...texts]
      await plane.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], {
        input: input.join('\n---\n'),
      })
    },
    kubectl: (...args) => plane.kubectl(args),
    patch: (which, spec) => merge(which, { spec }),
    release: which => merge(which, { metadata: { finalizers: null } }),
  }
}
