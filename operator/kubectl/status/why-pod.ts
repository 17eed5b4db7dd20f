import { age } from '../age.ts'
import type { ContainerStatus, Pod } from '../objects.ts'

/** Why a pod does not do its work, in sentences; none: it does. A restart is told as long as it is less than a day ago. */
export function whyNotReady(pod: Pod, now: number): string[] {
  const { metadata, status = {} } = pod
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  const reasons = [
    ...notPlaced(pod),
    ...containers.flatMap(container => whyContainer(container, status.phase)),
    ...containers.flatMap(container => restartsOf(container, now)),
  ]
  if (metadata.deletionTimestamp !== undefined) reasons.unshift('it is ending')
  if (status.phase === 'Failed') reasons.unshift(`it failed${said(status)}`)
  if (reasons.length > 0 || isReady(pod) || status.phase === 'Succeeded') return reasons
  const runs = status.phase === 'Running'
  return [runs ? 'its check of readiness does not succeed' : 'it has not started yet']
}

function isReady({ status }: Pod): boolean {
  return (
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false
  )
}

function notPlaced({ status }: Pod): string[] {
  const placed = status?.conditions?.find(({ type }) => type === 'PodScheduled')
  if (placed?.status !== 'False') return []
  return [`no node takes it${said(placed)}`]
}

function said({ reason, message }: { reason?: string; message?: string }): string {
  const text = [reason, message].filter(part => part !== undefined && part !== '').join(': ')
  return text === '' ? '' : ` (${text})`
}

/** What every container of a new pod says; the pod's own condition says why. */
const MERELY_WAITING = ['ContainerCreating', 'PodInitializing']

function whyContainer({ name, state = {} }: ContainerStatus, phase: string | undefined): string[] {
  const { waiting, terminated } = state
  if (waiting?.reason !== undefined) {
    const isNew = MERELY_WAITING.includes(waiting.reason)
    return [`container ${name} ${isNew ? 'is being made' : 'waits'}${said(waiting)}`]
  }
  if (!terminated || terminated.exitCode === 0 || phase === 'Succeeded') return []
  return [`container ${name} ended (${endOf(terminated)})`]
}

const DAY_MS = 86_400_000

function restartsOf({ name, restartCount = 0, lastState }: ContainerStatus, now: number): string[] {
  const ended = lastState?.terminated
  if (restartCount === 0 || !ended) return []
  const at = Date.parse(ended.finishedAt ?? '')
  if (now - at > DAY_MS) return []
  const times = restartCount === 1 ? 'once' : `${restartCount} times`
  return [
    `container ${name} was restarted ${times}, last ${age(ended.finishedAt, now)} ago (${endOf(ended)})`,
  ]
}

function endOf({
  reason,
  exitCode,
  signal,
}: {
  reason?: string
  exitCode?: number
  signal?: number
}) {
  const how = signal ? `signal ${signal}` : `exit status ${exitCode ?? '?'}`
  return reason === undefined ? how : `${reason}, ${how}`
}
