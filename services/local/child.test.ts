import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryDirectory } from '../../test/support/directory.ts'
import { startChild, untilReady } from './child.ts'

async function shell(script: string) {
  const made = temporaryDirectory()
  const logFile = join(made.path, 'thing.log')
  const args = ['-c', script]
  const child = await startChild({ name: 'thing', command: 'sh', args, logFile, cwd: made.path })
  onTestFinished(async () => {
    child.kill()
    await child.exited
    made[Symbol.dispose]()
  })
  return { child, path: made.path }
}

it('a child is waited for until nothing is missing', async () => {
  const { child, path } = await shell('touch ready; exec sleep 60')
  await untilReady(child, async () => (existsSync(join(path, 'ready')) ? undefined : 'no file'))
  expect(child.process.exitCode).toBeNull()
})

it('a child that ends before it is ready is told of with the end of its log', async () => {
  const { child } = await shell('echo the reason; exit 3')
  await expect(untilReady(child, async () => 'no file')).rejects.toThrow(
    /^cannot start thing: it ended with status 3; its log .*thing\.log says:\nthe reason$/,
  )
})

it('a child that does not become ready is not left running', async () => {
  const { child } = await shell('echo starting; exec sleep 60')
  await expect(untilReady(child, async () => 'no file', 100)).rejects.toThrow(
    /^cannot start thing: it is not ready after 0\.1 s \(no file\)/,
  )
  expect(await child.exited).toBe('signal SIGTERM')
})
