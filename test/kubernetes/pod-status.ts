import type { KubeObject } from './rest.ts'
import type { PodFate } from './simulated-nodes.ts'

/** The status that a kubelet would report; undefined when the pod has it already. */
export function statusOfPod(pod: KubeObject, fate: PodFate): KubeObject | undefined {
  const ends = pod.spec.restartPolicy !== 'Always'
  const kind = ends && fate !== 'unready' && fate !== 'pending' ? fate : `running ${fate}`
  const wanted = { ready: 'Succeeded', failed: 'Failed' }[kind] ?? 'Running'
  const ready = wanted === 'Running' && fate === 'ready'
  if (pod.status.phase === wanted && isReady(pod) === ready) return undefined
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  const condition = (type: string, is: boolean) => ({
    type,
    status: is ? 'True' : 'False',
    lastTransitionTime: now,
  })
  return {
    phase: wanted,
    startTime: pod.status.startTime ?? now,
    podIP: '192.0.2.1',
    podIPs: [{ ip: '192.0.2.1' }],
    conditions: [
      condition('PodScheduled', true),
      condition('Initialized', true),
      condition('ContainersReady', ready),
      condition('Ready', ready),
    ],
    containerStatuses: pod.spec.containers.map(({ name, image }: KubeObject) => ({
      name,
      image,
      imageID: image,
      ready,
      restartCount: 0,
      ...stateOf(wanted, { fate, now }),
    })),
  }
}

function isReady(pod: KubeObject): boolean {
  const conditions: { type: string; status: string }[] = pod.status.conditions ?? []
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
}

function stateOf(phase: string, { fate, now }: { fate: PodFate; now: string }): KubeObject {
  if (phase === 'Running' && fate === 'failed') {
    return { started: false, state: { waiting: { reason: 'CrashLoopBackOff' } } }
  }
  if (phase === 'Running') return { started: true, state: { running: { startedAt: now } } }
  const [exitCode, reason] = phase === 'Succeeded' ? [0, 'Completed'] : [1, 'Error']
  const terminated = { exitCode, reason, startedAt: now, finishedAt: now }
  return { started: false, state: { terminated } }
}
