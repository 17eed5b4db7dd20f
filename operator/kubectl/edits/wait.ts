import { setTimeout as sleep } from 'node:timers/promises'
import type { Condition } from '../../resources/condition.ts'
import { type Command, type Given, type Option, type World, wrong } from '../command.ts'
import { Failure, STATUS } from '../failure.ts'
import { Refusal } from '../refusal.ts'
import type { Changed, Target } from './target.ts'

export const WAIT_OPTION: Record<string, Option> = {
  timeout: { value: 'MINUTES', help: 'how long to wait; by default 60' },
}

export function patienceOf(command: Command, given: Given): number {
  const text = given.text('timeout') ?? '60'
  const minutes = Number(text)
  if (minutes > 0 && minutes <= 10_080) return minutes * 60_000
  throw wrong(command, `--timeout ${text} is no number of minutes up to 10080`)
}

/** How far it is, in words; or how it ended. */
export type Step = { goesOn: string } | { ended: 'well' | 'badly'; message: string }

const EVERY_MS = 2_000

export interface WaitOptions {
  /** `the backup of tenant acme`. */
  what: string
  patienceMs: number
  step(seen: Changed): Step | Promise<Step>
}

/** Looks again and again, also while the cluster does not answer; whoever stops waiting stops nothing else. @throws Failure */
export async function waitFor(world: World, target: Target, options: WaitOptions): Promise<number> {
  const { what, patienceMs, step } = options
  const { terminal, management, signal } = world
  const deadline = performance.now() + patienceMs
  for (;;) {
    const now = await look(() => management.get<Changed>(target.kind, target.name), step)
    if ('ended' in now) {
      terminal.print(now.message)
      return now.ended === 'well' ? STATUS.done : STATUS.wrong
    }
    terminal.progress(`${what}: ${now.goesOn}`)
    if (performance.now() > deadline) {
      throw new Failure(
        `cannot wait for ${what} any longer: ${now.goesOn}; it goes on by itself, kubectl platen status ${target.name} shows it`,
      )
    }
    await sleep(EVERY_MS, undefined, { signal })
  }
}

async function look(read: () => Promise<Changed>, step: WaitOptions['step']): Promise<Step> {
  try {
    return await step(await read())
  } catch (error) {
    if (error instanceof Refusal && error.kind === 'unreachable') {
      return { goesOn: `the management cluster does not answer (${error.why})` }
    }
    throw error
  }
}

/** Of the Tenant as it is now, not as it was before somebody changed it. */
export function isReady({ metadata, status }: Changed): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  return ready?.status === 'True' && ready.observedGeneration === metadata.generation
}

/** What is said while nothing more is known. */
export function readiness({ status }: Changed): string {
  const ready: Condition | undefined = status?.conditions?.find(({ type }) => type === 'Ready')
  return ready?.message ?? 'the operator has said nothing yet'
}
