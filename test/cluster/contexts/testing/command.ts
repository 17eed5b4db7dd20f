import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url))

export interface Said {
  status: number
  out: string
  err: string
}

/** A kubeconfig and a memory that are not the user's. */
export interface CommandHome {
  kubeconfig: string
  state: string
}

/** Starts `npm run cluster -- ARGS`. */
export function startCommand(home: CommandHome, ...args: string[]) {
  const env = { ...process.env, KUBECONFIG: home.kubeconfig, XDG_STATE_HOME: home.state }
  return spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** `npm run cluster -- ARGS`, to its end. */
export async function cluster(home: CommandHome, ...args: string[]): Promise<Said> {
  const child = startCommand(home, ...args)
  const closed = once(child, 'close')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [status] = await closed
  return { status, out, err }
}
