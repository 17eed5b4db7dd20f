import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryDirectory } from '../../test/support/directory.ts'
import { type Claim, claim } from './leftovers.ts'

function directory(): string {
  const made = temporaryDirectory()
  onTestFinished(() => made[Symbol.dispose]())
  return made.path
}

async function idleProcess() {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'spawn')
  return { pid: child.pid as number, ended: once(child, 'exit') }
}

it('refuses a directory in which another supervisor is alive', async () => {
  const path = directory()
  await claim(path)
  await expect(claim(path)).rejects.toThrow(
    /cannot use .*: Platen runs there already \(process \d+\); stop it first/,
  )
})

it('lets only one of two have it that start at once', async () => {
  const path = directory()
  const outcomes = await Promise.allSettled([claim(path), claim(path), claim(path)])
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
  ])
})

it('ends what a killed supervisor left running', async () => {
  const path = directory()
  const orphan = await idleProcess()
  const killed = await claim(path)
  killed.remember('ingest', orphan.pid)
  die(path, killed)
  await claim(path, 0)
  await orphan.ended
})

it('leaves a stranger alone that has got the process id of an old child', async () => {
  const path = directory()
  const stranger = await idleProcess()
  writeFileSync(
    join(path, 'processes.json'),
    JSON.stringify([
      { name: 'supervisor', pid: stranger.pid, started: 'long ago' },
      { name: 'ingest', pid: stranger.pid, started: 'long ago' },
    ]),
  )
  await claim(path, 0)
  expect(() => process.kill(stranger.pid, 0)).not.toThrow()
})

it('does without a record that is not readable', async () => {
  const path = directory()
  writeFileSync(join(path, 'processes.json'), 'half a rec')
  const claimed = await claim(path)
  claimed.release()
})

/** As if the supervisor had been killed: its lock is gone, its record is not. */
function die(path: string, claimed: Claim): void {
  const file = join(path, 'processes.json')
  const record = readFileSync(file)
  claimed.release()
  writeFileSync(file, record)
}
