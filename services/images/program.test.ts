import { expect, it } from 'vitest'
import { ProgramError, run } from './program.ts'

const node = (script: string) => run(process.execPath, ['-e', script])

it('gives what a program wrote to its standard output, and that alone', async () => {
  expect(await node("console.error('noise'); console.log('wanted')")).toBe('wanted\n')
})

it('keeps the end of what a failed program said, from both of its outputs', async () => {
  const error = await node(
    "for (let i = 0; i < 100; i++) console.log(i); console.error('why'); process.exitCode = 3",
  ).catch(error => error)
  expect(error).toBeInstanceOf(ProgramError)
  expect(error.message).toMatch(/-e ended with status 3$/)
  expect(error.said.split('\n')).toHaveLength(40)
  expect(error.said).toContain('99')
  expect(error.said).toContain('why')
})

it('a program that is not there is named', async () => {
  await expect(run('no-such-builder', ['info'])).rejects.toThrow('cannot run no-such-builder')
})

it('a program that a signal ended is told apart', async () => {
  await expect(node("process.kill(process.pid, 'SIGKILL')")).rejects.toThrow('ended by SIGKILL')
})
