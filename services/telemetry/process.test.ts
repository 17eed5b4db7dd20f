import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtempDisposable, open } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FIXTURE, startFixture, waitFor } from './process.support.ts'

const temporaryDirectory = () => mkdtempDisposable(join(tmpdir(), 'platen-telemetry-'))

it('stops in order on SIGTERM, with status 0', async () => {
  await using directory = await temporaryDirectory()
  const marker = join(directory.path, 'marker')
  await using fixture = startFixture({ MARKER: marker })
  await fixture.line('ready')
  fixture.process.kill('SIGTERM')
  expect(await fixture.exit).toBe(0)
  expect(readFileSync(marker, 'utf8')).toBe('stopped in order')
  expect(await fixture.line('stopping')).toMatchObject({ reason: 'SIGTERM' })
})

it('goes on stopping when another signal follows: a terminal and its supervisor both ask', async () => {
  await using fixture = startFixture({ FIXTURE: 'slow' })
  await fixture.line('ready')
  fixture.process.kill('SIGINT')
  await fixture.line('stopping')
  const supervising = setInterval(() => fixture.process.kill('SIGTERM'), 100)
  expect(await fixture.exit).toBe(0)
  clearInterval(supervising)
})

it('stops by force when the same signal comes again, and says what was running', async () => {
  await using fixture = startFixture({ FIXTURE: 'stuck' })
  await fixture.line('ready')
  const insisting = setInterval(() => fixture.process.kill('SIGTERM'), 100)
  expect(await fixture.exit).toBe(1)
  clearInterval(insisting)
  expect(fixture.output()).toContain('stopped by force: the pump was still running')
})

it('ends with status 1 after the deadline, and says what did not stop', async () => {
  await using fixture = startFixture({ FIXTURE: 'late' })
  await fixture.line('ready')
  fixture.process.kill('SIGTERM')
  expect(await fixture.exit).toBe(1)
  expect(fixture.output()).toContain('cannot stop within 0.05 s: the pump is still running')
})

it('stops in order when its parent is killed, though its standard error is gone as well', async () => {
  await using directory = await temporaryDirectory()
  const marker = join(directory.path, 'marker')
  await using parent = startParent(
    `const child = start('pipe')
    child.stderr.on('data', text => process.stderr.write(text))`,
    { MARKER: marker, PLATEN_HEALTH_PORT: '0' },
  )
  const port = await waitFor(() => parent.output().match(/"healthPort":(\d+)/)?.[1])
  expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200)

  parent.process.kill('SIGKILL')
  await waitFor(() => existsSync(marker) || undefined)
  const isGone = () => fetch(`http://127.0.0.1:${port}/livez`).then(() => undefined, Boolean)
  expect(await waitFor(isGone)).toBe(true)
})

it('stops when its parent has gone before it could listen for that', async () => {
  await using parent = startParent(
    `start('inherit')
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1)`,
    { FIXTURE: 'orphan' },
  )
  let isClosed = false // Standard error is closed when the child, which has it too, is gone.
  parent.process.once('close', () => {
    isClosed = true
  })
  await waitFor(() => isClosed || undefined)
  expect(parent.output()).toContain('"reason":"the parent process is gone"')
})

/** A process that runs `program`, in which start(stderr) starts the fixture with an IPC channel. */
function startParent(program: string, env: Record<string, string>) {
  const start = `const start = stderr => {
    const child = require('node:child_process')
      .fork(process.argv[1], { stdio: ['ignore', 'ignore', stderr, 'ipc'] })
    process.stderr.write('pid ' + child.pid + '.')
    return child
  }`
  const parent = spawn(process.execPath, ['-e', `${start}\n${program}`, FIXTURE], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  parent.stderr.setEncoding('utf8').on('data', text => {
    output += text
  })
  return {
    process: parent,
    output: () => output,
    [Symbol.asyncDispose]: async () => {
      parent.kill('SIGKILL')
      const child = Number(output.match(/pid (\d+)\./)?.[1])
      try {
        if (child) process.kill(child, 'SIGKILL')
      } catch {
        // It is gone already, as it should be.
      }
    },
  }
}

it('goes on when there is no room for its log', async () => {
  await using directory = await temporaryDirectory()
  const marker = join(directory.path, 'marker')
  await using full = await open('/dev/full', 'w')
  const fixture = spawn(process.execPath, [FIXTURE], {
    env: { FIXTURE: 'brief', MARKER: marker },
    stdio: ['ignore', 'ignore', full.fd],
  })
  const [status] = await once(fixture, 'exit')
  expect(status).toBe(0)
  expect(readFileSync(marker, 'utf8')).toBe('stopped in order')
})

it('logs an error that nobody caught as fatal and ends with status 1', async () => {
  await using fixture = startFixture({ FIXTURE: 'crash' })
  expect(await fixture.exit).toBe(1)
  const line = await fixture.line('cannot go on: an error that nobody caught')
  expect(line).toMatchObject({ level: 'fatal', err: { message: 'boom' } })
})

it('stops what had been started when the start fails, and ends with status 1', async () => {
  await using directory = await temporaryDirectory()
  const marker = join(directory.path, 'marker')
  await using fixture = startFixture({ FIXTURE: 'unstartable', MARKER: marker })
  expect(await fixture.exit).toBe(1)
  expect(fixture.output()).toContain('"cannot start: connect ECONNREFUSED [address]:5432"')
  expect(readFileSync(marker, 'utf8')).toBe('stopped in order')
})

it('names a wrong setting in one sentence and ends with status 2', async () => {
  await using fixture = startFixture({ PLATEN_HEALTH_PORT: 'http' })
  expect(await fixture.exit).toBe(2)
  expect(fixture.output()).toBe(
    'cannot start fixture: PLATEN_HEALTH_PORT is "http"; give a whole number from 0 to 65535\n',
  )
})

it('names the health port that is in use and ends with status 1', async () => {
  await using other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' ? String(address?.port) : ''
  await using fixture = startFixture({ PLATEN_HEALTH_PORT: port })
  expect(await fixture.exit).toBe(1)
  expect(fixture.output()).toContain(`cannot start fixture: cannot serve health on port ${port}`)
})

it('is live, not ready while a named check fails, and has metrics without any OTEL_ variable', async () => {
  await using fixture = startFixture({ FIXTURE: 'unready', PLATEN_HEALTH_PORT: '0' })
  const { healthPort } = await fixture.line('ready')
  const get = (path: string) => fetch(`http://127.0.0.1:${healthPort}${path}`)
  expect((await get('/livez')).status).toBe(200)
  const readiness = await get('/readyz')
  expect(readiness.status).toBe(503)
  expect(await readiness.text()).toBe('[+] process ok\n[-] database not ready\nnot ready\n')
  const metrics = await get('/metrics')
  expect(metrics.headers.get('content-type')).toContain('version=0.0.4')
  expect(await metrics.text()).toMatch(/^process_memory_usage\S* \d+$/m)
})
