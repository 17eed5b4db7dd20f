import { setTimeout as delay } from 'node:timers/promises'
import { cpuSeconds } from './cpu.ts'
import type { Count, LoadCommands } from './load.ts'
import type { Worker } from './worker.ts'

/** One of the two ways that are compared: who drives it, and the processes that do the work. */
export interface Way {
  load: Worker<LoadCommands>
  /** Process ids by role. */
  processes: Record<string, number>
}

/** What a way did in one round. */
export interface Round {
  stanzasPerSecond: number
  reportsPerSecond: number
  /** Bytes of the XML in one stanza, and reports in it. */
  bytesPerStanza: number
  reportsPerStanza: number
  /** CPU milliseconds that a stanza costs, by role. */
  cpu: Record<string, number>
}

/**
 * Lets the first so many clients send for so long, and measures until everything sent is answered: what is under way
 * when they stop is as much work as the rest, and with many clients more than it.
 */
export async function measureRound(way: Way, clients: number, seconds: number): Promise<Round> {
  const before = await sample(way)
  await way.load.ask('begin', clients)
  await delay(seconds * 1000)
  await way.load.ask('end')
  return difference(before, await sample(way))
}

interface Sample extends Count {
  cpu: Record<string, number>
}

async function sample({ load, processes }: Way): Promise<Sample> {
  const count = await load.ask('count')
  const cpu = Object.entries(processes).map(([role, pid]) => [role, cpuSeconds(pid)])
  return { ...count, cpu: Object.fromEntries(cpu) }
}

function difference(before: Sample, after: Sample): Round {
  const seconds = (after.at - before.at) / 1000
  const stanzas = after.stanzas - before.stanzas
  const reports = after.reports - before.reports
  const cpu = Object.entries(after.cpu).map(([role, used]) => [
    role,
    ((used - (before.cpu[role] ?? 0)) * 1000) / stanzas,
  ])
  return {
    stanzasPerSecond: stanzas / seconds,
    reportsPerSecond: reports / seconds,
    bytesPerStanza: (after.bytes - before.bytes) / stanzas,
    reportsPerStanza: reports / stanzas,
    cpu: Object.fromEntries(cpu),
  }
}
