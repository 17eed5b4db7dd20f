import { startFleet } from '@platen/test'
import { describe, expect, it } from 'vitest'
import { type Credentials, openSockets, type SharedSockets } from '../snmp/index.ts'
import { v3Agent } from '../testing/v3-agent.ts'
import { parseNetwork } from './networks.ts'
import { type Found, type Progress, type Sweep, sweep } from './sweep.ts'

const PUBLIC: Credentials = { version: 'v2c', community: 'public' }

async function run(plan: Omit<Sweep, 'sockets'>): Promise<Found[]> {
  const sockets = openSockets()
  const found: Found[] = []
  try {
    for await (const printer of sweep({ ...plan, sockets }, new AbortController().signal)) {
      found.push(printer)
    }
  } finally {
    sockets.close()
  }
  return found
}

describe('a sweep', () => {
  it('finds every printer of the network once, also one whose tables are nonsense', async () => {
    await using fleet = await startFleet({
      devices: 20,
      faults: ['silent', 'garbage', 'loop'],
      speed: 0,
    })
    const progress: Progress[] = []
    const found = await run({
      networks: [parseNetwork('127.66.0.0/26')],
      port: fleet.port,
      credentials: [PUBLIC],
      onProgress: now => progress.push(now),
    })
    const loop = fleet.faulty[2]?.address ?? ''
    expect(found.map(({ address }) => address).sort()).toEqual([...fleet.addresses, loop].sort())
    expect(progress.at(-1)).toEqual({ done: 62, addresses: 62, agents: 21, printers: 21 })
  })

  it('says by which credentials a printer is known, in the order of preference', async () => {
    await using fleet = await startFleet({ devices: 1, community: 'paper', speed: 0 })
    const paper: Credentials = { version: 'v2c', community: 'paper' }
    const found = await run({
      networks: [parseNetwork('127.66.0.1/32')],
      port: fleet.port,
      credentials: [PUBLIC, paper],
    })
    expect(found).toEqual([{ address: '127.66.0.1', credentials: paper }])
  })

  it('passes over an agent that is no printer', async () => {
    const user = { name: 'elsa', level: 1 }
    await using agent = await v3Agent(user, { sysDescr: ['1.3.6.1.2.1.1.1', 'a server'] })
    const progress: Progress[] = []
    const found = await run({
      networks: [parseNetwork('127.0.0.1/32')],
      port: agent.port,
      credentials: [{ version: 'v3', user: 'elsa' }],
      onProgress: now => progress.push(now),
    })
    expect(found).toEqual([])
    expect(progress).toEqual([{ done: 1, addresses: 1, agents: 1, printers: 0 }])
  })

  it('ends with the reason when it is aborted', async () => {
    const sockets = openSockets()
    const stop = new AbortController()
    const reason = new Error('enough')
    const plan = {
      sockets,
      networks: [parseNetwork('127.99.0.0/24')],
      port: 9,
      credentials: [PUBLIC],
    }
    const first = sweep({ ...plan, onProgress: () => {} }, stop.signal).next()
    stop.abort(reason)
    await expect(first).rejects.toBe(reason)
    sockets.close()
  })

  it('asks nobody any more once it is aborted, also not the next one in a pause between bursts', async () => {
    const shared = openSockets()
    const stop = new AbortController()
    let before = 0
    let behind = 0
    const sockets: SharedSockets = {
      ...shared,
      module: (endpoint, onThrow) => {
        if (stop.signal.aborted) behind++
        else if (before++ === 0) setImmediate(() => stop.abort())
        return shared.module(endpoint, onThrow)
      },
    }
    const networks = [parseNetwork('127.99.0.0/24')]
    const found = sweep({ sockets, networks, port: 9, credentials: [PUBLIC] }, stop.signal)
    await expect(found.next()).rejects.toThrow(/abort/)
    expect(before).toBeGreaterThan(0)
    expect(behind).toBe(0)
    shared.close()
  })

  it('leaves nothing running behind a caller that has seen enough', async () => {
    await using fleet = await startFleet({ devices: 3, speed: 0 })
    const sockets = openSockets()
    let done = 0
    const plan: Sweep = {
      sockets,
      networks: [parseNetwork('127.66.0.0/24')],
      port: fleet.port,
      credentials: [PUBLIC],
      onProgress: () => done++,
    }
    for await (const _ of sweep(plan, new AbortController().signal)) break
    const atEnd = done
    sockets.close()
    expect(done).toBe(atEnd)
    expect(done).toBeLessThan(254)
  })
})
