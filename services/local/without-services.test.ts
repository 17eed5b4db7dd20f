import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../../test/support/directory.ts'
import { withoutServices } from './without-services.ts'

const answerOf = (file: string) => {
  try {
    execFileSync(file)
    return 0
  } catch (error) {
    return (error as { status: number }).status
  }
}

it('what is installed may start nothing meanwhile, and everything afterwards, also after a failure', async () => {
  using directory = temporaryDirectory()
  const file = join(directory.path, 'policy-rc.d')
  const answers: number[] = []
  await withoutServices(async () => void answers.push(answerOf(file)), file)
  expect(answers).toEqual([101])
  expect(existsSync(file)).toBe(false)

  const failing = withoutServices(() => Promise.reject(new Error('no network')), file)
  await expect(failing).rejects.toThrow('no network')
  expect(existsSync(file)).toBe(false)
})

it('a policy that a killed installation has left is taken away', async () => {
  using directory = temporaryDirectory()
  const file = join(directory.path, 'policy-rc.d')
  let left = ''
  await withoutServices(async () => {
    left = readFileSync(file, 'utf8')
  }, file)
  writeFileSync(file, left)
  await withoutServices(async () => {}, file)
  expect(existsSync(file)).toBe(false)
})

it("somebody else's policy stays", async () => {
  using directory = temporaryDirectory()
  const file = join(directory.path, 'policy-rc.d')
  writeFileSync(file, '#!/bin/sh\nexit 0\n')
  await withoutServices(async () => {}, file)
  expect(readFileSync(file, 'utf8')).toBe('#!/bin/sh\nexit 0\n')
})
