import { mkdtempDisposableSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { CLUSTERS } from './clusters.ts'
import { files, makePki } from './pki.ts'

const DAY_MS = 24 * 3_600_000

afterEach(() => void vi.useRealTimers())

it('makes certificates once, and says what to do when they are about to end', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'platen-pki-'))
  const [cluster] = CLUSTERS
  if (!cluster) throw new Error('there is no cluster')
  const { kubeletClient } = files(folder.path)
  await makePki(cluster, folder.path)
  const made = readFileSync(kubeletClient, 'utf8')

  const began = Date.now()
  vi.useFakeTimers({ toFake: ['Date'], now: began + 28 * DAY_MS })
  await makePki(cluster, folder.path)
  expect(readFileSync(kubeletClient, 'utf8')).toBe(made)

  vi.setSystemTime(began + 29.5 * DAY_MS)
  await expect(makePki(cluster, folder.path)).rejects.toThrow(
    /^cannot bring up .*: it is as old as its certificates, .*; run npm run cluster -- down first/,
  )
})
