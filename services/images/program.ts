import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** How much of what a program said is kept for its error. */
const TAIL_LINES = 40

/** A program that did not end well; `said` is the end of its output. */
export class ProgramError extends Error {
  readonly said: string
  constructor(message: string, said: string) {
    super(message)
    this.said = said
  }
}

/**
 * Runs a program to its end and gives its standard output.
 * @throws ProgramError that names the program and its first argument
 */
export async function run(command: string, args: string[], env = process.env): Promise<string> {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: string[] = []
  const lines: string[] = []
  const keep = (text: string) => {
    lines.push(...text.split('\n').filter(line => line.trim()))
    lines.splice(0, lines.length - TAIL_LINES)
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.push(text)
    keep(text)
  })
  child.stderr.setEncoding('utf8').on('data', keep)
  const [status, signal] = await once(child, 'close').catch((error: Error) => {
    throw new ProgramError(`cannot run ${command}: ${error.message}`, '')
  })
  if (status === 0) return output.join('')
  const how = signal ? `was ended by ${signal}` : `ended with status ${status}`
  throw new ProgramError(`${command} ${args[0]} ${how}`, lines.join('\n'))
}
