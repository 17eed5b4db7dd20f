import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Child, startChild, untilReady } from './child.ts'
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
  await untilReady(
    child,
    () => whyNotReady(`http://127.0.0.1:${healthPort}/readyz`),
    options.deadlineMs,
  )
  return child
}

async function whyNotReady(url: string): Promise<string | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
  if (response?.ok) return undefined
  return response ? await response.text() : 'no answer'
}
