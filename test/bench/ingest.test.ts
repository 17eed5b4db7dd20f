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

  it.each([
    { args: ['--seconds', '0'], why: 'no time', says: 'cannot read --seconds 0' },
    { args: ['--monitors', '1,x'], why: 'no number', says: 'cannot read --monitors x' },
    { args: ['--fast'], why: 'no such option', says: 'cannot start: Unknown option' },
  ])('refuses $args in one sentence: $why', ({ args, says }) => {
    const { status, stdout, stderr } = bench(...args)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(new RegExp(`^${says}[^\n]*\n$`))
  })
})
