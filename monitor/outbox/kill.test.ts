import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../../test/support/directory.ts'
import { openOutbox } from './index.ts'

const FIXTURE = fileURLToPath(new URL('append.fixture.ts', import.meta.url))

/** Lets a process append until it has told of so many appends, and kills it. Gives the last number and value it told. */
async function appendAndKill(directory: string, appends: number): Promise<[number, number]> {
  const child = spawn(process.execPath, [FIXTURE, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
  let told = ''
  child.stdout.on('data', data => {
    told += data
    if (told.split('\n').length > appends) child.kill('SIGKILL')
  })
  await once(child, 'close')
  const line = told.slice(0, told.lastIndexOf('\n')).split('\n').at(-1) ?? ''
  const [seq = 0, value = 0] = line.split(' ').map(Number)
  return [seq, value]
}

it('a killed process has lost nothing, and the next one gives no number twice', async () => {
  using directory = temporaryDirectory()
  for (const appends of [1, 20, 77]) {
    const [lastSeq, lastValue] = await appendAndKill(directory.path, appends)
    using outbox = openOutbox({ directory: directory.path })
    const { reports } = outbox.stats()
    expect(lastSeq).toBe(lastValue) // number and state have moved together
    expect(reports).toBeGreaterThanOrEqual(lastSeq)
    const values: number[] = []
    for (let after = 0; ; ) {
      const batch = outbox.read(after, { bytes: 1_000_000, reports: 500 })
      if (!batch) break
      after = batch.last
      for (const xml of batch.reports) {
        const [, seq, value] = /seq="(\d+)".* value="(\d+)"/.exec(xml) ?? []
        expect(value).toBe(seq)
        values.push(Number(value))
      }
    }
    expect(values).toEqual(Array.from({ length: reports }, (_, index) => index + 1))
    expect(outbox.devices()[0]?.state.meters?.[0]?.value).toBe(reports)
  }
}, 30_000)
