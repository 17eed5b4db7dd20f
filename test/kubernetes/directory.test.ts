import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished, vi } from 'vitest'
import { ownDirectory } from './directory.ts'

it('what a process left behind is removed by the next one, and what a living one uses is kept', () => {
  const used = ownDirectory('used')
  onTestFinished(() => used.remove())
  const file = fileURLToPath(new URL('directory.ts', import.meta.url))
  const script = `const { ownDirectory } = await import(${JSON.stringify(`file://${file}`)})
    process.stdout.write(ownDirectory('left').path)
    process.kill(process.pid, 'SIGKILL')`
  let left = ''
  try {
    execFileSync(process.execPath, ['--input-type=module', '--eval', script])
  } catch (error) {
    left = String((error as { stdout: Buffer }).stdout)
  }
  expect(existsSync(left)).toBe(true)

  ownDirectory('too-new').remove()
  expect(existsSync(left)).toBe(true)
  vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  ownDirectory('next').remove()
  expect(existsSync(left)).toBe(false)
  expect(existsSync(used.path)).toBe(true)
})
