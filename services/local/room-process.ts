import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Child, startChild, tailOf } from './child.ts'
import { freePorts } from './ports.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Starts the main.ts of one of Platen's own rooms and waits until its /readyz answers.
 * @param room e.g. "services/ingest"
 * @throws with what it logged, when it ends before it is ready, or is not ready within the deadline.
 */
export async function startRoom(options: {
  room: string
  env: Record<string, string>
  logDirectory: string
  deadlineMs?: number
}): Promise<Child> {
  const name = options.room.split('/').at(-1) as string
  const [healthPort] = (await freePorts(1)) as [number]
  const logFile = join(options.logDirectory, `${name}.log`)
  const child = await startChild({
    name,
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', join(project, options.room, 'main.ts')],
    env: { ...options.env, PLATEN_HEALTH_PORT: String(healthPort) },
    logFile,
    ipc: true,
  })
  const ended = child.exited.then(how => {
    throw new Error(
      `cannot start ${name}: it ended with ${how}; its log ${logFile} says:\n${tailOf(logFile)}`,
    )
  })
  try {
    const deadlineMs = options.deadlineMs ?? 30_000
    await Promise.race([isReady(`http://127.0.0.1:${healthPort}/readyz`, name, deadlineMs), ended])
  } catch (error) {
    await child.stop()
    throw error
  } finally {
    ended.catch(() => {}) // a later end is told by `exited`
  }
  return child
}

async function isReady(url: string, name: string, deadlineMs: number): Promise<void> {
  const deadline = Date.now() + deadlineMs
  for (;;) {
    const response = await fetch(url).catch(() => undefined)
    if (response?.ok) return
    if (Date.now() > deadline) {
      const why = response ? await response.text() : 'no answer'
      throw new Error(`cannot start ${name}: it is not ready after ${deadlineMs / 1000} s (${why})`)
    }
    await sleep(50)
  }
}
