import { describe, expect, it, onTestFinished } from 'vitest'
import { createSupervisor, type Server } from './supervisor.ts'

/** A server without a process: `end` makes it end by itself. */
function fakeServer(): Server & { end(how: string): void; stopped: boolean } {
  const { promise, resolve } = Promise.withResolvers<string>()
  const server = {
    pid: 1,
    stopped: false,
    exited: promise,
    end: resolve,
    async stop() {
      server.stopped = true
      resolve('status 0')
    },
  }
  return server
}

function fixture() {
  const lines: string[] = []
  const user = new AbortController()
  const started: string[] = []
  const supervisor = createSupervisor(
    line => lines.push(line),
    name => started.push(name),
    user.signal,
  )
  onTestFinished(() => supervisor.stop())
  return { lines, user, started, supervisor }
}

describe('the supervisor', () => {
  it('starts a server again that ends by itself, also when the first attempt to fails', async () => {
    const { lines, started, supervisor } = fixture()
    const [first, second] = [fakeServer(), fakeServer()]
    const attempts = [
      () => Promise.resolve(first),
      () => Promise.reject(new Error('cannot start it: busy')),
      () => Promise.resolve(second),
    ]
    await supervisor.run('thing', () => (attempts.shift() as () => Promise<Server>)())
    first.end('signal SIGKILL')
    await expect.poll(() => started, { timeout: 10_000 }).toEqual(['thing', 'thing'])
    expect(lines.slice(-3).map(line => line.slice(13))).toEqual([
      'ended with signal SIGKILL; starting it again',
      'cannot start it: busy',
      'ready again',
    ])
    await supervisor.stop()
    expect(second.stopped).toBe(true)
  })

  it('stops the last started first', async () => {
    const { supervisor } = fixture()
    const order: string[] = []
    for (const name of ['database', 'api']) {
      const server = fakeServer()
      void server.exited.then(() => order.push(name))
      await supervisor.run(name, async () => server)
    }
    await supervisor.stop()
    expect(order).toEqual(['api', 'database'])
  })

  it('hands a failed first start to its caller', async () => {
    const { supervisor } = fixture()
    await expect(supervisor.run('thing', () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    )
  })

  it('starts nothing more once the user wants to stop', async () => {
    const { user, supervisor } = fixture()
    user.abort()
    await expect(supervisor.run('thing', async () => fakeServer())).rejects.toThrow()
  })

  it('stops a server that became ready while everything was being stopped', async () => {
    const { supervisor } = fixture()
    const [first, late] = [fakeServer(), fakeServer()]
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const { promise: ready, resolve: becomeReady } = Promise.withResolvers<Server>()
    let starts = 0
    await supervisor.run('thing', () => {
      starts += 1
      if (starts === 1) return Promise.resolve(first)
      begin()
      return ready
    })
    first.end('status 1')
    await begun
    const stopped = supervisor.stop()
    becomeReady(late)
    await stopped
    expect(late.stopped).toBe(true)
  })
})
