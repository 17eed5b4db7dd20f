import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { type OutputChunk, rolldown } from 'rolldown'
import { foldersBeside, packagesOf } from './along.ts'

/**
 * Bundles processes of the project at `root` into `folder`, one `NAME.mjs` each and the chunks that they share, with what
 * their sources read from beside themselves. `node_modules` there holds what scanners and lawyers look for: of each
 * package of which something is inside its package.json and its licences, and no code.
 * @param processes the path of the main.ts below `root` by the process's name
 * @throws what the bundler warns of, too: nobody reads a warning
 */
export async function bundle(
  root: string,
  processes: Readonly<Record<string, string>>,
  folder: string,
): Promise<void> {
  const input = Object.entries(processes).map(([name, main]) => [name, join(root, main)])
  const build = await rolldown({
    input: Object.fromEntries(input),
    platform: 'node',
    onLog: (_level, log) => {
      throw new Error(log.message)
    },
  })
  try {
    const { output } = await build.write({
      dir: folder,
      format: 'esm',
      // All in one folder, so that `import.meta.url` leads each of them to the same files.
      entryFileNames: '[name].mjs',
      chunkFileNames: '[name]-[hash].mjs',
    })
    const modules = output.filter(isChunk).flatMap(chunk => Object.keys(chunk.modules))
    for (const { from, to } of [...foldersBeside(modules), ...packagesOf(root, modules)]) {
      cpSync(from, join(folder, to), { recursive: true })
    }
  } finally {
    await build.close()
  }
}

const isChunk = (file: { type: string }): file is OutputChunk => file.type === 'chunk'
