import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/**
 * Runs a program to its end and answers with its standard output.
 * @throws with what it wrote to standard error.
 */
export async function run(command: string, args: string[], input?: string): Promise<string> {
  const running = execute(command, args, { maxBuffer: 64 * 2 ** 20 })
  if (input !== undefined) running.child.stdin?.end(input)
  try {
    return (await running).stdout
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
    throw new Error(`cannot run ${command} ${args.join(' ')}: ${said || error}`, { cause: error })
  }
}

/** For what may be there already, or be gone already. */
export async function succeeds(command: string, args: string[]): Promise<boolean> {
  return await run(command, args).then(
    () => true,
    () => false,
  )
}
