import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { describeKubernetes } from '../../kubernetes/index.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

async function bench(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [status] = await exited
  return { status, stdout, stderr }
}

describeKubernetes('npm run bench:operator', () => {
  it('prints its tables, and no figure that is none', { timeout: 240_000 }, async () => {
    const args = ['--tenants', '3', '--steady', '3', '--edits', '2']
    const { status, stdout, stderr } = await bench(...args)
    expect(status, stderr).toBe(0)
    expect(stdout).toMatch(/time to converge : bare loop \| +2\.50 \| +\d/)
    expect(stdout).toMatch(/writes a minute in the steady state \| +0 \| +0\.0/)
    expect(stdout).not.toMatch(/NaN|Infinity/)
  })
})

it('refuses what it cannot use in one sentence', async () => {
  const { status, stdout, stderr } = await bench('--tenants', '0')
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toBe('cannot read --tenants 0: write a whole number from 1 to 20000\n')
})

it('explains itself', async () => {
  const { status, stdout } = await bench('--help')
  expect(status).toBe(0)
  expect(stdout).toMatch(/^Usage: npm run bench:operator -- \[option ...\]\n[\s\S]* --help /)
})
