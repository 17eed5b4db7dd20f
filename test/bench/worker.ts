import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A process of the benchmark that does as it is told. */
export interface Worker<Commands> extends AsyncDisposable {
  pid: number
  /** Has it do something and gives what it answers. */
  ask<Name extends keyof Commands & string>(
    name: Name,
    ...args: Arguments<Commands[Name]>
  ): Promise<Result<Commands[Name]>>
}

type Arguments<Command> = Command extends (...args: infer A) => unknown ? A : never
type Result<Command> = Command extends (...args: never[]) => infer R ? Awaited<R> : never

/** Starts `file` of this folder; resolves when it serves its commands. `settings` reach it by `settingsOf`. */
export async function startWorker<Commands>(
  file: string,
  settings: object,
): Promise<Worker<Commands>> {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn(process.execPath, [path, JSON.stringify(settings)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  const failed = exited.then(([status]) => {
    throw new Error(`cannot go on: ${file} ended with status ${status}; see above`)
  })
  failed.catch(() => {}) // told to whoever asks
  await Promise.race([answerOf(child), failed])
  return {
    pid: child.pid ?? 0,
    async ask(name, ...args) {
      child.send({ name, args })
      return await Promise.race([answerOf<Result<Commands[typeof name]>>(child), failed])
    },
    async [Symbol.asyncDispose]() {
      child.disconnect()
      await exited
    },
  }
}

async function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  const [answer] = await once(child, 'message')
  return answer
}

/** In the worker: the settings it was started with. */
export function settingsOf<Settings>(): Settings {
  return JSON.parse(process.argv[2] ?? '{}')
}

/** In the worker: does what is asked, until the parent lets go of it; then `end` is called. */
export function serve(
  commands: Record<string, (...args: never[]) => unknown>,
  end: () => Promise<void> | void,
): void {
  const answer = async ({ name, args }: { name: string; args: never[] }) => {
    process.send?.((await commands[name]?.(...args)) ?? null)
  }
  process.on('message', (message: { name: string; args: never[] }) => void answer(message))
  process.on('disconnect', () => void Promise.resolve(end()).then(() => process.exit()))
  process.send?.(null)
}
