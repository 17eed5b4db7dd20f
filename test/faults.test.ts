import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('faults/main.ts', import.meta.url))

/** Runs what `npm run test:faults` runs. */
async function run(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', chunk => (stdout += chunk))
  child.stderr.on('data', chunk => (stderr += chunk))
  const [status] = await once(child, 'close')
  return { status, stdout, stderr }
}

describe('whatever is killed, cut off or full', () => {
  it('nothing is lost and nothing is doubled', { timeout: 300_000 }, async () => {
    const { status, stdout } = await run('--seconds', '30')

    expect(stdout).toMatch(/^holds {3}every report received exactly once: [1-9]\d+ appended/m)
    expect(stdout).toMatch(
      /^holds {3}every reading exactly once, in its device: [1-9]\d+ expected/m,
    )
    expect(stdout).toMatch(
      /^holds {3}final state equals that of an undisturbed run: [1-9]\d+ rows/m,
    )
    expect(stdout).toMatch(/^holds {3}thinning dropped only what was said again: [1-9]\d* thinned/m)
    expect(stdout).toMatch(/^holds {3}no process of ours crashed/m)
    expect(stdout).toMatch(/^holds {3}no process left behind/m)
    expect(stdout).toMatch(/nothing lost, nothing doubled\n$/)
    expect(status, stdout).toBe(0)
  })
})

it.each([
  { args: ['--minutes', '3'], why: 'there is no such option', says: /^cannot start: .*--minutes/ },
  { args: ['--seconds', '1'], why: 'too short for each fault', says: /^cannot read --seconds 1: / },
  { args: ['--seed', 'x'], why: 'a seed is a number', says: /^cannot read --seed x: / },
])('refuses $args: $why', async ({ args, says }) => {
  const { status, stdout, stderr } = await run(...args)

  expect(stderr).toMatch(says)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stdout).toBe('')
  expect(status).toBe(2)
})
