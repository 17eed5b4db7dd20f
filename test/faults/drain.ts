import { MONITORS, type MonitorName } from './monitors.ts'
import { hasSent, refusesMore } from './no-room.ts'
import type { Stack } from './stack.ts'
import { FINISH, type StreamStatus } from './stream.ts'
import { until } from './until.ts'

const THINNED: MonitorName = 'monitor-e'

/**
 * After the last fault: the monitors make no more reports and send what they have. The repetitive one comes last: it has
 * filled an empty queue without a connection until thinning could make no more room, and its final state is decided by
 * what thinning has left.
 * @throws when nothing moves any more
 */
export async function drain(stack: Stack): Promise<void> {
  const others = MONITORS.map(({ name }) => name).filter(name => name !== THINNED)
  for (const name of others) stack.tell(name, FINISH)
  await hasSent(stack, THINNED)
  const line = stack.lines[THINNED]
  line.setOpen(false)
  await refusesMore(stack, THINNED)
  await finished(stack, [THINNED])
  line.setOpen(true)
  await finished(stack, others)
  await emptied(stack)
}

async function finished(stack: Stack, names: readonly MonitorName[]): Promise<void> {
  await until(`${names.join(', ')} finished`, () => {
    for (const name of names) stack.tell(name, FINISH)
    return names.every(name => stack.statusOf(name)?.isFinished) || undefined
  })
}

/** Waits as long as the queues get shorter. */
async function emptied(stack: Stack): Promise<void> {
  for (;;) {
    const before = waiting(stack)
    if (before === 0) return
    await until('the outboxes drain', () => waiting(stack) < before || undefined)
  }
}

function waiting(stack: Stack): number {
  const statuses = MONITORS.map(({ name }): StreamStatus | undefined => stack.statusOf(name))
  return statuses.reduce((sum, status) => sum + (status?.waiting ?? 1), 0)
}
