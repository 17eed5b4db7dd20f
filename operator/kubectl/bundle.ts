import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { rolldown } from 'rolldown'

const USAGE = `usage: npm run plugin -- [--output FILE]

Bundles kubectl platen into one file that needs Node 20 or newer and kubectl, and nothing else. Put it on the PATH under the
name kubectl-platen.

  --output FILE  by default .cache/kubectl-platen
`

/** The machine of a platform engineer; the project itself runs on a newer one. */
const OLDEST_NODE = 'node20'

/** A file without an ending is a script or a module, as some package.json above it says: this is both. */
const FRAME = `#!/usr/bin/env node
(require => {
CODE})(typeof require === 'function' ? require : process.getBuiltinModule)
`

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`cannot bundle: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { output: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const output =
    values.output === undefined
      ? fileURLToPath(new URL('../../.cache/kubectl-platen', import.meta.url))
      : resolve(process.env.INIT_CWD ?? '.', values.output)
  place(output, await bundle())
  process.stdout.write(`${output}\n`)
  return 0
}

async function bundle(): Promise<string> {
  const build = await rolldown({
    input: fileURLToPath(new URL('main.ts', import.meta.url)),
    platform: 'node',
    transform: { target: OLDEST_NODE },
    treeshake: true,
    onLog: (_level, log) => {
      throw new Error(log.message)
    },
  })
  try {
    const { output } = await build.generate({ format: 'cjs', codeSplitting: false })
    const [file, ...others] = output
    if (others.length > 0) throw new Error('it became more than one file')
    return FRAME.replace('CODE', () => file.code)
  } finally {
    await build.close()
  }
}

/** In one step: a plugin that runs meanwhile is the old one or the new one. */
function place(output: string, code: string): void {
  mkdirSync(dirname(output), { recursive: true })
  const half = `${output}.${process.pid}`
  writeFileSync(half, code)
  chmodSync(half, 0o755)
  renameSync(half, output)
}
