import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

it('the code is formatted, free of lint and type-checks (npm run check)', {
  timeout: 120_000,
}, () => {
  const script = fileURLToPath(new URL('check.ts', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--no-write'], {
    encoding: 'utf8',
  })
  expect(status, `${stdout}${stderr}`).toBe(0)
})
