import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../../test/support/directory.ts'

const FIXTURE = fileURLToPath(new URL('full-disk.fixture.ts', import.meta.url))

/** In a mount namespace of its own, which nobody else sees and which is gone with the command. */
function inNamespace(...command: string[]) {
  return spawnSync('unshare', ['--mount', '--propagation', 'private', ...command], {
    encoding: 'utf8',
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
}

const mayMount = inNamespace('true').status === 0

it.skipIf(!mayMount)(
  'a disk that the outbox has filled can be emptied, and nothing is lost (needs root, for a disk of 20 MiB)',
  () => {
    using directory = temporaryDirectory()
    const script = 'mount -t tmpfs -o size=20m none "$1" && exec "$2" "$3" "$1"'
    const { stdout, stderr } = inNamespace(
      'sh',
      '-c',
      script,
      'sh',
      directory.path,
      process.execPath,
      FIXTURE,
    )
    expect(stderr).toBe('')
    const { appended, kept, ...seen } = JSON.parse(stdout)
    expect(appended).toBeGreaterThan(100)
    expect(kept).toBe(appended)
    expect(seen).toEqual({ refused: true, takesMore: true })
  },
)
