import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('ingest.ts', import.meta.url))

function bench(...args: string[]) {
  return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' })
}

describe('npm run bench:ingest', () => {
  it('prints its tables, and no figure that is none', { timeout: 180_000 }, () => {
    const { status, stdout, stderr } = bench('--seconds', '1', '--monitors', '2')
    expect(status, stderr).toBe(0)
    expect(stdout).toMatch(/report writer \| +\d+/)
    expect(stdout).toMatch(/2, whole path \|/)
    expect(stdout).toMatch(/^Live:/m)
    expect(stdout).not.toMatch(/NaN|Infinity/)
  })

  it('refuses what it cannot use in one sentence', () => {
    const { status, stdout, stderr } = bench('--monitors', '1,x')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toBe('cannot read --monitors x: write a whole number from 1 to 100\n')
  })
})
