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

/** `npm run cluster -- ARGS`, with a kubeconfig and a memory of its own. */
export async function cluster(
  home: { kubeconfig: string; state: string },
  ...args: string[]
): Promise<Said> {
  const env = { ...process.env, KUBECONFIG: home.kubeconfig, XDG_STATE_HOME: home.state }
  const child = spawn(process.execPath, [MAIN, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [status] = await closed
  return { status, out, err }
}
