import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { readCommandLine, wholeNumber } from '../../support/command-line.ts'

const HELP = `The tests of test/operator/faults for as long as one likes: more rounds, more kills, a longer outage.

  --seconds N   10 to 3600, default 300
  --seed N      repeats the choices of the run whose tests named this seed
  --help        print this
`

const options = readCommandLine({
  name: 'npm run test:operator:faults',
  help: HELP,
  defaults: { seconds: '300', seed: String(randomInt(1, 1_000_000)) },
  read: ({ seconds, seed }) => ({
    seconds: wholeNumber('--seconds', seconds, [10, 3600]),
    seed: wholeNumber('--seed', seed, [0, 2 ** 32 - 1]),
  }),
})
process.exitCode = typeof options === 'number' ? options : await run(options)

async function run({ seconds, seed }: { seconds: number; seed: number }): Promise<number> {
  const vitest = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url))
  const args = ['run', '--config', 'test/vitest.config.ts', 'test/operator/faults/']
  const child = spawn(process.execPath, [vitest, ...args], {
    stdio: 'inherit',
    env: { ...process.env, PLATEN_FAULTS_SECONDS: `${seconds}`, PLATEN_FAULTS_SEED: `${seed}` },
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  const [status] = await once(child, 'close')
  return status ?? 1
}
