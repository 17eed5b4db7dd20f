import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** `npm run check`: formats, lints and type-checks everything. With --no-write it only looks, as the tests do. */
const project = fileURLToPath(new URL('..', import.meta.url))
const mode = process.argv.includes('--no-write') ? ['ci'] : ['check', '--write']
const biome = `node_modules/@biomejs/cli-linux-${process.arch}/biome`

const steps: [string, string[]][] = [
  [biome, [...mode, '--error-on-warnings', '--colors=off', '.']],
  [process.execPath, ['node_modules/typescript/bin/tsc']],
]
const failed = steps.filter(([program, args]) => {
  const { status, error } = spawnSync(program, args, { cwd: project, stdio: 'inherit' })
  if (error) process.stderr.write(`cannot run ${program}: ${error.message}\n`)
  return status !== 0
})
process.exitCode = failed.length
