import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { ProgramState } from './program.ts'

/** Asks and tells the init of a node (init.ts) by its socket. */
export interface NodeControl {
  /** @throws when nothing listens there. */
  programs(): Promise<ProgramState[]>
  /** Ends a program for good, as a service manager does; `start` begins it again. */
  stop(program: string): Promise<void>
  start(program: string): Promise<void>
  /** SIGKILL; it is started again after a second. */
  kill(program: string): Promise<void>
}

export function controlOf(socket: string): NodeControl {
  async function ask(method: string, path: string): Promise<string> {
    const outgoing = request({ socketPath: socket, method, path })
    outgoing.end()
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    const body = await text(incoming)
    if (incoming.statusCode === 200) return body
    throw new Error(`cannot ${method} ${path}: the node has no such program`)
  }
  const tell = (deed: string) => async (program: string) => {
    await ask('POST', `/${program}/${deed}`)
  }
  return {
    programs: async () => JSON.parse(await ask('GET', '/')),
    stop: tell('stop'),
    start: tell('start'),
    kill: tell('kill'),
  }
}
