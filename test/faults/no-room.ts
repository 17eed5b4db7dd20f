import { setTimeout as delay } from 'node:timers/promises'
import type { MonitorName } from './monitors.ts'
import type { Fault } from './schedule.ts'
import type { Stack } from './stack.ts'
import type { StreamStatus } from './stream.ts'
import { until } from './until.ts'

type NoRoom = Extract<Fault, { kind: 'quota full' | 'thinning' | 'disk full' }>

const turns = new Map<MonitorName, Promise<void>>()

/** Takes the room of a monitor's outbox until that is seen. One after the other: each gives the room back at its end. */
export function noRoom(stack: Stack, fault: NoRoom): Promise<void> {
  const before = turns.get(fault.monitor) ?? Promise.resolve()
  const turn = before.then(() => takeRoom(stack, fault))
  turns.set(
    fault.monitor,
    turn.catch(() => {}), // told where it is awaited
  )
  return turn
}

async function takeRoom(stack: Stack, { kind, monitor }: NoRoom): Promise<void> {
  switch (kind) {
    case 'quota full':
      return whileClosed(stack, monitor, () => refusesMore(stack, monitor))
    case 'thinning':
      await hasSent(stack, monitor) // a queue that is full already has nothing left to thin
      return whileClosed(stack, monitor, () => thinsMore(stack, monitor))
    case 'disk full':
      return fillDisk(stack, monitor)
  }
}

/** How long a full disk also takes answers that the outbox can't note. */
const CONNECTED_MS = 1_500

/** Without a connection the queue grows, and so needs the room; then the connection comes back before the room does. */
async function fillDisk(stack: Stack, name: MonitorName): Promise<void> {
  stack.smallDisk?.setFull(true)
  try {
    await whileClosed(stack, name, () => refusesMore(stack, name))
    await delay(CONNECTED_MS)
  } finally {
    stack.smallDisk?.setFull(false)
  }
}

/** As many reports as wait at any time because new ones come. */
const FEW = 30

/** Until a monitor's queue is short. */
export async function hasSent(stack: Stack, name: MonitorName): Promise<void> {
  await until(`${name} has sent what it had`, () => {
    return (stack.statusOf(name)?.waiting ?? FEW) < FEW || undefined
  })
}

/** Keeps a monitor's connection closed meanwhile. */
async function whileClosed(
  stack: Stack,
  name: MonitorName,
  work: () => Promise<void>,
): Promise<void> {
  stack.lines[name].setOpen(false)
  try {
    await work()
  } finally {
    stack.lines[name].setOpen(true)
  }
}

/** Until the monitor's outbox has refused a report. */
export async function refusesMore(stack: Stack, name: MonitorName): Promise<void> {
  let { full } = await statusOf(stack, name)
  await until(`the outbox of ${name} refuses a report`, () => {
    const now = stack.statusOf(name)?.full ?? 0
    if (now > full) return true
    full = now // a process that was started anew counts from 0
    return undefined
  })
}

/** Until the monitor's outbox has dropped reports. */
async function thinsMore(stack: Stack, name: MonitorName): Promise<void> {
  const { thinned } = await statusOf(stack, name)
  await until(`the outbox of ${name} drops reports`, () => {
    return (stack.statusOf(name)?.thinned ?? 0) > thinned || undefined
  })
}

function statusOf(stack: Stack, name: MonitorName): Promise<StreamStatus> {
  return until(`${name} tells of itself`, () => stack.statusOf(name))
}
