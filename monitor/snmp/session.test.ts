import { randomBytes } from 'node:crypto'
import { startFleet } from '@platen/test'
import snmp from 'net-snmp'
import { describe, expect, it } from 'vitest'
import { fakeAgent, onlyV1 } from '../testing/agent.ts'
import { v3Agent } from '../testing/v3-agent.ts'
import {
  type Credentials,
  openSession,
  openSockets,
  SnmpError,
  type SnmpSession,
  type UserCredentials,
} from './index.ts'

const SYS_DESCR = '1.3.6.1.2.1.1.1.0'
const SYSTEM = '1.3.6.1.2.1.1'
const PUBLIC: Credentials = { version: 'v2c', community: 'public' }
const FAST = { timeout: 100, retries: 1 }

interface Opened extends Disposable {
  session: SnmpSession
}

function open(port: number, credentials: Credentials = PUBLIC, options = {}): Opened {
  const sockets = openSockets()
  const endpoint = { address: '127.0.0.1', port }
  const session = openSession(sockets, endpoint, credentials, { ...FAST, ...options })
  return {
    session,
    [Symbol.dispose]: () => {
      session.close()
      sockets.close()
    },
  }
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'none',
    (error: unknown) => (error instanceof SnmpError ? error.code : error),
  )

describe('sessions over shared sockets', () => {
  it('each gets its own answers from many devices at once', async () => {
    await using fleet = await startFleet({ devices: 20, speed: 0 })
    const sockets = openSockets()
    const sessions = fleet.addresses.map(address =>
      openSession(sockets, { address, port: fleet.port }, PUBLIC),
    )
    const names = await Promise.all(sessions.map(session => session.get(['1.3.6.1.2.1.1.5.0'])))
    const said = names.map(rows => String(rows.get('1.3.6.1.2.1.1.5.0')))
    expect(said).toEqual(fleet.devices.map(({ device }) => device.hostName))
    for (const session of sessions) session.close()
    sockets.close()
  })

  it('never writes to a device', async () => {
    await using fleet = await startFleet({ devices: 1, speed: 0 })
    const sockets = openSockets()
    const [address = ''] = fleet.addresses
    const session = openSession(sockets, { address, port: fleet.port }, PUBLIC)
    await session.walk([SYSTEM])
    sockets.close()
    expect(fleet.sets).toBe(0)
  })

  it('asks by v1 what is silent to v2c, and says so', async () => {
    await using fleet = await startFleet({ devices: 1, speed: 0 })
    await using old = await onlyV1({ address: fleet.addresses[0] ?? '', port: fleet.port })
    using opened = open(old.port)
    const rows = await opened.session.walk([SYSTEM])
    expect(String(rows.get('1.3.6.1.2.1.1.5.0'))).toBe(fleet.devices[0]?.device.hostName)
    expect(opened.session.credentials).toEqual({ version: 'v1', community: 'public' })
  })

  it('does not take an answer from another address, which could be anybody', async () => {
    await using liar = await fakeAgent(() => {})
    await using asked = await fakeAgent((datagram, from) => liar.send(forged(datagram), from.port))
    using opened = open(asked.port)
    expect(await failure(opened.session.get([SYS_DESCR]))).toBe('timeout')
  })

  it('takes the same answer from the right address', async () => {
    await using asked = await fakeAgent((datagram, from, socket) =>
      socket.send(forged(datagram), from.port, from.address),
    )
    using opened = open(asked.port)
    // The forged answer is the request turned into a response: no value.
    expect((await opened.session.get([SYS_DESCR])).size).toBe(0)
  })
})

describe('a device that does wrong', () => {
  it('is silent: the request ends by itself', async () => {
    await using silent = await fakeAgent(() => {})
    using opened = open(silent.port)
    expect(await failure(opened.session.get([SYS_DESCR]))).toBe('timeout')
  })

  it('answers noise: only its own request ends', async () => {
    await using noisy = await fakeAgent((_, from, socket) =>
      socket.send(randomBytes(1 + Math.floor(Math.random() * 200)), from.port, from.address),
    )
    using opened = open(noisy.port)
    expect(await failure(opened.session.walk([SYSTEM]))).toBe('timeout')
  })

  it('answers what is almost SNMP: every changed octet ends in an answer or an SnmpError', async () => {
    let at = 0
    await using odd = await fakeAgent((datagram, from, socket) => {
      const answer = forged(datagram)
      const octet = at % answer.length
      answer[octet] = (answer[octet] ?? 0) ^ (1 << (at % 8))
      socket.send(answer, from.port, from.address)
    })
    for (at = 0; at < 48; at++) {
      using opened = open(
        odd.port,
        { version: 'v1', community: 'public' },
        { timeout: 20, retries: 0 },
      )
      const ended = await failure(opened.session.get([SYS_DESCR]))
      expect(ended).toBeTypeOf('string')
    }
  })

  it('never comes to an end: the session ends at the end of its life', async () => {
    await using silent = await fakeAgent(() => {})
    using opened = open(silent.port, PUBLIC, { timeout: 60_000, lifetime: 50 })
    expect(await failure(opened.session.get([SYS_DESCR]))).toBe('closed')
  })

  it('is given up by close(), at once and for good', async () => {
    await using silent = await fakeAgent(() => {})
    using opened = open(silent.port, PUBLIC, { timeout: 60_000 })
    const asked = failure(opened.session.get([SYS_DESCR]))
    opened.session.close()
    expect(await asked).toBe('closed')
    expect(await failure(opened.session.get([SYS_DESCR]))).toBe('closed')
  })
})

describe('a session that is closed', () => {
  it('asks no more, also when it is closed in the moment of asking', async () => {
    let asked = 0
    await using silent = await fakeAgent(() => asked++)
    await using clock = await fakeAgent(() => {})
    using opened = open(silent.port, PUBLIC, { timeout: 10, retries: 10 })
    const ended = failure(opened.session.get([SYS_DESCR]))
    opened.session.close()
    expect(await ended).toBe('closed')
    using later = open(clock.port, PUBLIC, { timeout: 50, fallsBack: false })
    expect(await failure(later.session.get([SYS_DESCR]))).toBe('timeout')
    expect(asked).toBeLessThan(2)
  })

  it('has ended for good when the shared sockets were closed: it opens none by falling back to v1', async () => {
    await using silent = await fakeAgent(() => {})
    const sockets = openSockets()
    const session = openSession(sockets, { address: '127.0.0.1', port: silent.port }, PUBLIC)
    const ended = failure(session.get([SYS_DESCR]))
    sockets.close()
    expect(await ended).toBe('closed')
    expect(await failure(session.get([SYS_DESCR]))).toBe('closed')
  })
})

describe('SNMPv3', () => {
  const elsa = {
    version: 'v3',
    user: 'elsa',
    auth: { protocol: 'sha256', key: 'the first key is long' },
    priv: { protocol: 'aes', key: 'the other key is long' },
  } as const satisfies UserCredentials
  const known = {
    name: 'elsa',
    level: snmp.SecurityLevel.authPriv,
    authProtocol: snmp.AuthProtocols.sha256,
    authKey: 'the first key is long',
    privProtocol: snmp.PrivProtocols.aes,
    privKey: 'the other key is long',
  }
  const scalars: Record<string, [string, string]> = {
    sysDescr: ['1.3.6.1.2.1.1.1', 'a printer'],
    sysName: ['1.3.6.1.2.1.1.5', 'its name'],
  }

  it('reads with authentication and privacy', async () => {
    await using agent = await v3Agent(known, scalars)
    using opened = open(agent.port, elsa, { timeout: 2_000 })
    const got = await opened.session.get([SYS_DESCR, '1.3.6.1.2.1.1.6.0'])
    expect([...got].map(([oid, value]) => [oid, String(value)])).toEqual([[SYS_DESCR, 'a printer']])
    const walked = await opened.session.walk([SYSTEM])
    expect([...walked.values()].map(String)).toEqual(['a printer', 'its name'])
  })

  it.each([
    { name: 'an unknown user', code: 'denied', wrong: { ...elsa, user: 'olaf' } },
    // The library's agent does not answer what it cannot authenticate.
    {
      name: 'a wrong key',
      code: 'timeout',
      wrong: { ...elsa, auth: { ...elsa.auth, key: 'not the key at all' } },
    },
  ])('with $name nothing is read: $code', async ({ wrong, code }) => {
    await using agent = await v3Agent(known, scalars)
    using opened = open(agent.port, wrong)
    expect(await failure(opened.session.get([SYS_DESCR]))).toBe(code)
  })

  it('refuses privacy without authentication, which RFC 3414 does not have', () => {
    expect(() =>
      open(1, { version: 'v3', user: 'elsa', priv: { protocol: 'aes', key: 'x' } }),
    ).toThrow(/cannot use privacy without authentication/)
  })
})

/** The request as a response to itself: GetRequest (0xA0) becomes GetResponse (0xA2). */
function forged(request: Buffer): Buffer {
  const answer = Buffer.from(request)
  const pdu = answer.indexOf(0xa0)
  if (pdu >= 0) answer[pdu] = 0xa2
  return answer
}
