export type { ClusterAccess, KubectlOptions, ServiceAccount } from './access.ts'
export { findAssets } from './assets.ts'
export type { AuditedRequest } from './audit.ts'
export type { User } from './certificates.ts'
export { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './control-plane.ts'
export { type KubeObject, type Rest, RestError, type WatchEvent } from './rest.ts'
export { describeHelm, describeKubernetes, describeNode, sharedControlPlane } from './shared.ts'
export {
  type PodFate,
  type SimulatedNodes,
  type SimulatedNodesOptions,
  simulateNodes,
} from './simulated-nodes.ts'
export {
  type SimulatedWorkloads,
  type SimulatedWorkloadsOptions,
  simulateWorkloads,
  type WorkloadKind,
} from './simulated-workloads.ts'
export { NODE } from './tools.ts'
export type { WorkloadFate } from './workload-status.ts'
