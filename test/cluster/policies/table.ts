import { run, succeeds } from '../run.ts'

/** Puts a script in force, all of it or nothing. */
export async function load(script: string): Promise<void> {
  await run('nft', ['-f', '-'], script)
}

export async function isThere(table: string): Promise<boolean> {
  return await succeeds('nft', ['list', 'table', 'inet', table])
}
