import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { alone } from './alone.ts'

it('lets nobody else work meanwhile, and the next one afterwards, also after a failure', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'platen-alone-'))
  const file = join(folder.path, 'lock')
  const done: string[] = []
  await alone(file, async () => {
    const other = alone(file, async () => void done.push('at the same time'))
    await expect(other).rejects.toThrow(/^cannot bring clusters up or down: another .* does it now/)
  })
  await expect(alone(file, () => Promise.reject(new Error('no network')))).rejects.toThrow(
    'no network',
  )
  await alone(file, async () => void done.push('afterwards'))
  expect(done).toEqual(['afterwards'])
})
