import { setTimeout as sleep } from 'node:timers/promises'
import {
  type ControlPlane,
  type KubeObject,
  type SimulatedNodes,
  simulateNodes,
  startControlPlane,
} from '../../test/kubernetes/index.ts'
import { type Operator, type OperatorOptions, startOperator } from '../operator.ts'
import { keptCounts, keptLog } from './telemetry.ts'

const REGION = 'eu-central-1'
const STORAGE_CLASS = 'platen-eu-central-1'

/** A control plane with nodes of one region, the CRDs and an operator that works on it. */
export interface Stage extends AsyncDisposable {
  plane: ControlPlane
  nodes: SimulatedNodes
  /** What operators wrote so far, by kind and verb; reviews of rights do not count. */
  writes(): Record<string, number>
  lines: string[]
  /** Starts one more operator. */
  start(options?: Partial<OperatorOptions>): Promise<Operator>
  apply(...objects: KubeObject[]): Promise<void>
  get(kind: string, name: string, namespace?: string): Promise<KubeObject | undefined>
  /** The condition of a Tenant or Region, as `STATUS Reason message`. */
  condition(kind: 'tenant' | 'region', name: string, type: string): Promise<string>
}

export async function setStage(name: string): Promise<Stage> {
  const plane = await startControlPlane({ name })
  await plane.installCrds('crds')
  const { logger, lines } = keptLog()
  const { meter, counts } = keptCounts()
  await plane.kubectl(['create', 'namespace', 'platen-system'])
  await plane.kubectl(['apply', '-f', '-'], { input: [storageClass] })
  const nodes = await simulateNodes(plane, {
    nodes: ['one', 'two'].map(name => ({
      name,
      labels: { 'topology.kubernetes.io/region': REGION },
    })),
    namespaces: /^(tenant|platen)-/,
    storageClasses: [STORAGE_CLASS],
  })

  async function get(kind: string, name: string, namespace?: string) {
    const where = namespace === undefined ? [] : ['-n', namespace]
    const found = await plane.kubectl([
      'get',
      kind,
      name,
      ...where,
      '-o',
      'json',
      '--ignore-not-found',
    ])
    return found === '' ? undefined : (JSON.parse(found) as KubeObject)
  }

  return {
    plane,
    nodes,
    lines,
    writes: () => writesIn(counts),
    start: options =>
      startOperator({
        kubeconfig: plane.kubeconfig,
        namespace: 'platen-system',
        logger,
        meter,
        ...options,
      }),
    async apply(...objects) {
      await plane.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], {
        input: objects,
      })
    },
    get,
    condition: async (kind, name, type) => conditionOf(await get(kind, name), type),
    async [Symbol.asyncDispose]() {
      await nodes[Symbol.asyncDispose]()
      await plane.stop()
    },
  }
}

/** As `STATUS Reason message`. */
export function conditionOf(object: KubeObject | undefined, type: string): string {
  const all: KubeObject[] = object?.status?.conditions ?? []
  const condition = all.find(one => one.type === type)
  return condition ? `${condition.status} ${condition.reason} ${condition.message}`.trim() : 'none'
}

function writesIn(counts: Map<string, number>): Record<string, number> {
  const writes = [...counts].filter(
    ([key]) => key.startsWith('platen.operator.writes') && !key.includes('SelfSubjectReview'),
  )
  return Object.fromEntries(writes)
}

const storageClass: KubeObject = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: STORAGE_CLASS },
  provisioner: 'simulated.platen.test',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
  allowedTopologies: [
    { matchLabelExpressions: [{ key: 'topology.kubernetes.io/region', values: [REGION] }] },
  ],
}

export function regionObject(name = 'de', spec: KubeObject = {}): KubeObject {
  return {
    apiVersion: 'platen.dev/v1alpha1',
    kind: 'Region',
    metadata: { name },
    spec: {
      countries: ['DE'],
      domain: `${name}.platen.example`,
      placement: { regionValue: REGION, storageClassName: STORAGE_CLASS },
      edge: { serviceType: 'ClusterIP' },
      images: { registry: 'registry.example.com/platen', version: '1.0.0' },
      ...spec,
    },
  }
}

export function tenantObject(name: string, spec: KubeObject = {}): KubeObject {
  return {
    apiVersion: 'platen.dev/v1alpha1',
    kind: 'Tenant',
    metadata: { name },
    spec: { displayName: `The customer ${name}`, country: 'DE', ...spec },
  }
}

/** Asks until the answer is good, for a minute and a half; then the test fails with what was seen last. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isGood: (seen: T) => boolean,
): Promise<T> {
  const deadline = Date.now() + 90_000
  for (;;) {
    const seen = await ask()
    if (isGood(seen)) return seen
    if (Date.now() > deadline)
      throw new Error(`waited 90 s in vain; last seen: ${JSON.stringify(seen)}`)
    await sleep(100)
  }
}
