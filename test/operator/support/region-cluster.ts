import {
  type ControlPlane,
  type SimulatedNodes,
  type SimulatedWorkloads,
  simulateNodes,
  simulateWorkloads,
  startControlPlane,
} from '../../kubernetes/index.ts'
import { type DE, OPERATOR, REGION_LABEL, storageClassOf } from './objects.ts'

/** A cluster in which regions live: a real control plane, simulated nodes of one place. */
export interface RegionCluster extends AsyncDisposable {
  plane: ControlPlane
  /** Decides what becomes of pods. */
  nodes: SimulatedNodes
  /** CloudNativePG's and cert-manager's kinds; absent where their definitions cannot be had. */
  others: SimulatedWorkloads | undefined
}

const NAMESPACES = /^(tenant|platen-region)-/

export async function startRegionCluster(
  name: string,
  where: typeof DE,
  options: { withOthers?: boolean } = {},
): Promise<RegionCluster> {
  await using stack = new AsyncDisposableStack()
  const plane = stack.use(await startControlPlane({ name, audit: [OPERATOR] }))
  const hasOthers = options.withOthers === true && (await plane.installReferenceCrds())
  await plane.kubectl(['apply', '--server-side', '-f', '-'], { input: [storageClassOf(where)] })
  const labels = { [REGION_LABEL]: where.place }
  const nodes = stack.use(
    await simulateNodes(plane, {
      nodes: [1, 2].map(serial => ({ name: `${where.place}-${serial}`, labels })),
      namespaces: NAMESPACES,
    }),
  )
  const kinds = ['Cluster', 'Backup', 'Certificate'] as const
  const others = hasOthers
    ? stack.use(simulateWorkloads(plane, { kinds: [...kinds], namespaces: NAMESPACES }))
    : undefined
  const all = stack.move()
  return { plane, nodes, others, [Symbol.asyncDispose]: () => all.disposeAsync() }
}
