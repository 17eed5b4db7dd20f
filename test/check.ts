import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** `npm run check`: formats, lints and type-checks everything. With --no-write it only looks, as the tests do. */
const project = fileURLToPath(new URL('..', import.meta.url))
const biome = process.argv.includes('--no-write') ? ['ci'] : ['check', '--write']

const steps: [string, string[]][] = [
  ['node_modules/@biomejs/biome/bin/biome', [...biome, '--error-on-warnings', '--colors=off', '.']],
  ['node_modules/typescript/bin/tsc', []],
]
const failed = steps.filter(([program, args]) => {
  const { status } = spawnSync(process.execPath, [program, ...args], {
    cwd: project,
    stdio: 'inherit',
  })
  return status !== 0
})
process.exitCode = failed.length
