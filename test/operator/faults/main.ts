import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/** The tests of this folder for as long as one likes, e.g. `npm run test:operator:faults -- --seconds 600 --seed 7`. */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '300' },
    seed: { type: 'string', default: `${Math.floor(Math.random() * 1e6)}` },
  },
})
const vitest = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url))
const args = ['run', '--config', 'test/vitest.config.ts', 'test/operator/faults/']
const child = spawn(process.execPath, [vitest, ...args], {
  stdio: 'inherit',
  env: {
    ...process.env,
    PLATEN_FAULTS_SECONDS: values.seconds,
    PLATEN_FAULTS_SEED: values.seed,
  },
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
const [status] = await once(child, 'close')
process.exitCode = status ?? 1
