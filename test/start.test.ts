import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect } from '@platen/database'
import { startPostgresql } from '@platen/local'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryDirectory } from './support/directory.ts'
import { announced, childrenOf, isAlive, query, runStart } from './support/npm-start.ts'

const recordings = fileURLToPath(new URL('../../shared/printers', import.meta.url))

function directory(): string {
  const made = temporaryDirectory()
  onTestFinished(() => made[Symbol.dispose]())
  return made.path
}

describe('npm start', { timeout: 120_000 }, () => {
  it('shows a simulated fleet of at least eight vendors in GraphQL and stops without a trace', async () => {
    const path = directory()
    const data = join(path, 'größere Daten')
    const run = runStart(['--json', '--port', '0', '--printers', '16', '--data', data], path)
    const at = await announced(run)
    expect(at.devices).toBe(16)
    const { devices } = await query<{ devices: { nodes: Device[] } }>(at, DEVICES)
    expect(new Set(devices.nodes.map(({ make }) => make)).size).toBeGreaterThanOrEqual(8)
    for (const device of devices.nodes) {
      expect(device).toMatchObject({
        model: expect.any(String),
        serial: expect.any(String),
        macAddress: expect.stringMatching(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i),
        lifeCount: expect.any(Number),
      })
    }
    const supplies = devices.nodes.flatMap(device => device.supplies)
    expect(
      supplies.some(({ percentRemaining, color }) => percentRemaining !== null && color === 'cyan'),
    ).toBe(true)
    const children = childrenOf(data)
    run.process.kill('SIGTERM')
    expect(await run.ended, run.stderr()).toBe(0)
    expect(children.filter(isAlive)).toEqual([])
  })

  it('goes on after a kill -9 of the supervisor: no port conflict, no lost device', async () => {
    const path = directory()
    const data = join(path, 'data')
    const args = ['--json', '--port', '0', '--printers', '3', '--data', data]
    const killed = runStart(args, path)
    const before = await query(
      await announced(killed),
      '{ devices { nodes { id serial firstSeenAt } } }',
    )
    const children = childrenOf(data)
    killed.process.kill('SIGKILL')
    await killed.ended
    const again = runStart([...args, '--exit-when-ready'], path)
    expect(await again.ended, again.stderr()).toBe(0)
    expect(JSON.parse(again.stdout()).devices).toBe(3)
    expect(children.filter(isAlive)).toEqual([])
    const once = runStart(args, path)
    expect(
      await query(await announced(once), '{ devices { nodes { id serial firstSeenAt } } }'),
    ).toEqual(before)
    once.process.kill('SIGINT')
    expect(await once.ended).toBe(0)
  })

  it('says by its status that it was stopped before it was ready, and leaves nothing behind', async () => {
    const path = directory()
    const data = join(path, 'data')
    const run = runStart(['--exit-when-ready', '--port', '0', '--data', data], path)
    await expect.poll(run.stderr, { timeout: 20_000, interval: 20 }).toMatch(/^postgresql +ready/m)
    const children = childrenOf(data)
    run.process.kill('SIGTERM')
    expect(await run.ended).toBe(1)
    expect(children.length).toBeGreaterThan(1)
    expect(children.filter(isAlive)).toEqual([])
    expect(existsSync(join(data, 'processes.json'))).toBe(false)
  })

  it('goes on when nobody reads what it tells any more', async () => {
    const path = directory()
    const args = ['--exit-when-ready', '--port', '0', '--printers', '1']
    const run = runStart([...args, '--data', join(path, 'data')], path)
    run.process.stderr?.destroy()
    expect(await run.ended).toBe(0)
  })

  it.skipIf(!existsSync(recordings))('shows all recorded real devices', async () => {
    const path = directory()
    const args = ['--json', '--exit-when-ready', '--port', '0', '--recordings', recordings]
    const run = runStart([...args, '--data', join(path, 'data')], path)
    expect(await run.ended, run.stderr()).toBe(0)
    expect(JSON.parse(run.stdout()).devices).toBe(28)
  })
})

describe('npm start refuses in one sentence', () => {
  it.each([
    {
      why: 'an unknown option',
      args: ['--nonsense'],
      status: 2,
      says: /Unknown option '--nonsense'/,
    },
    {
      why: 'no such directory',
      args: ['--recordings', 'nowhere'],
      status: 1,
      says: /cannot read .*nowhere/,
    },
    {
      why: 'no recording below the directory',
      args: ['--recordings', '.'],
      status: 1,
      says: /walk\.snmprec/,
    },
  ])('$why', async ({ args, status, says }) => {
    const path = directory()
    const run = runStart([...args, '--port', '0', '--data', join(path, 'data')], path)
    expect(await run.ended).toBe(status)
    expect(lastLine(run.stderr())).toMatch(says)
    expect(run.stdout()).toBe('')
    expect(existsSync(join(path, 'data/postgresql')), 'nothing half started').toBe(false)
    expect(existsSync(join(path, 'data/source')), 'the directory is free for another').toBe(false)
  })

  it('a recording with garbage', async () => {
    const path = directory()
    mkdirSync(join(path, 'printer'))
    writeFileSync(join(path, 'printer/walk.snmprec'), '1.3.6.1.2.1.1.1.0|4|ok\nthis is no row\n')
    const run = runStart(['--recordings', '.', '--port', '0', '--data', join(path, 'data')], path)
    expect(await run.ended).toBe(1)
    expect(lastLine(run.stderr())).toMatch(/cannot read .*walk\.snmprec: line 2/)
    expect(existsSync(join(path, 'data/postgresql')), 'nothing half started').toBe(false)
  })

  it('a port in use', async () => {
    const path = directory()
    const neighbour = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void neighbour.close())
    await expect.poll(() => neighbour.address()).not.toBeNull()
    const { port } = neighbour.address() as { port: number }
    const run = runStart(['--port', String(port), '--data', join(path, 'data')], path)
    expect(await run.ended).toBe(1)
    expect(lastLine(run.stderr())).toBe(
      `cannot listen on port ${port}: another program uses it; name another with --port`,
    )
  })

  it('a data directory that is a file', async () => {
    const path = directory()
    writeFileSync(join(path, 'data'), '')
    const run = runStart(['--data', 'data', '--port', '0'], path)
    expect(await run.ended).toBe(1)
    expect(lastLine(run.stderr())).toMatch(/cannot keep data in .*; name another with --data/)
  })

  it('a file that is in the way', async () => {
    const path = directory()
    mkdirSync(join(path, 'data'))
    writeFileSync(join(path, 'data/logs'), '')
    const run = runStart(['--data', 'data', '--port', '0'], path)
    expect(await run.ended).toBe(1)
    expect(lastLine(run.stderr())).toMatch(/^cannot start: EEXIST.*; .*--data$/)
  })

  it('a database that a newer Platen has written', { timeout: 60_000 }, async () => {
    const path = directory()
    const data = join(path, 'data')
    const args = ['--exit-when-ready', '--printers', '1', '--port', '0', '--data', data]
    const first = runStart(args, path)
    expect(await first.ended, first.stderr()).toBe(0)
    await pretendNewer(join(data, 'postgresql'))
    const run = runStart(args, path)
    expect(await run.ended).toBe(1)
    expect(lastLine(run.stderr())).toMatch(/cannot .*newer/)
  })
})

async function pretendNewer(postgresql: string): Promise<void> {
  const server = await startPostgresql({ directory: postgresql })
  const url = new URL(server.url)
  url.pathname = '/tenant'
  const sql = connect(url.href, { max: 1 })
  await sql`insert into schema_version (version, name) values (9999, 'from-the-future')`
  await sql`update schema_compatibility set oldest = 9999`
  await sql.end()
  await server.stop()
}

function lastLine(text: string): string | undefined {
  return text.trimEnd().split('\n').at(-1)
}

interface Device {
  make: string | null
  lifeCount: number | null
  supplies: { color: string | null; percentRemaining: number | null }[]
}

const DEVICES = `{
  devices(first: 50) {
    nodes {
      make model serial macAddress lifeCount
      supplies { description color percentRemaining }
      openIncidents { severity code }
    }
  }
}`
