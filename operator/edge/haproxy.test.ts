import { writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../../test/support/directory.ts'
import { startHaproxy, type TestHaproxy } from '../../test/support/haproxy.ts'
import { freePorts } from '../../test/support/ports.ts'
import { haproxyConfig } from './haproxy-config.ts'
import { clientHello, firstAnswer, header, open, say } from './testing/conversation.ts'
import { addressOf, type FakeTenants, startFakeTenants } from './testing/fake-tenants.ts'

// HAProxy alone, with a map that stays: what it reads of a connection, and what it does with it.
const [ACME, UMBRELLA, HALF] = ['acme.de.example', 'umbrella.de.example', 'half.de.example']
const [AT_ACME, AT_UMBRELLA] = [addressOf(1), addressOf(2)]
const PER_SOURCE = { all: 200, fresh: 400, toOneApi: 80 }
const PER_TENANT = { all: 120, fresh: { tls: 200, xmpp: 300 } }

const directory = temporaryDirectory()
let haproxy: TestHaproxy
let tenants: FakeTenants
let xmpp = 0
let tls = 0
let health = 0
let start = async () => {}

beforeAll(async () => {
  const [xmppPort = 0, tlsPort = 0, healthPort = 0] = await freePorts(3)
  ;[xmpp, tls, health] = [xmppPort, tlsPort, healthPort]
  tenants = await startFakeTenants()
  const { port } = tenants
  const map = join(directory.path, 'routes.map')
  writeFileSync(
    map,
    `${ACME} ${AT_ACME},${AT_ACME}\n${UMBRELLA} ${AT_UMBRELLA},${AT_UMBRELLA}\n${HALF} none,${AT_ACME}\n`,
  )
  const config = haproxyConfig({
    xmppPort,
    tlsPort,
    healthPort,
    ingestPort: port,
    apiPort: port,
    socket: join(directory.path, 'haproxy.sock'),
    map,
    perSource: PER_SOURCE,
    perTenant: PER_TENANT,
  })
  start = async () => {
    haproxy = await startHaproxy({ directory: directory.path, config, port: xmpp })
  }
  await start()
}, 300_000)

afterAll(async () => {
  await haproxy[Symbol.asyncDispose]()
  await tenants[Symbol.asyncDispose]()
  directory[Symbol.dispose]()
})

describe('a stream header', () => {
  it.each([
    { why: 'The usual one.', sent: [header(ACME)], want: AT_ACME },
    { why: 'Another tenant is another address.', sent: [header(UMBRELLA)], want: AT_UMBRELLA },
    { why: 'Host names know no case.', sent: [header('ACME.De.Example')], want: AT_ACME },
    {
      why: 'An XML declaration may come before it.',
      sent: [`<?xml version='1.0' encoding="UTF-8"?>\r\n${header(ACME)}`],
      want: AT_ACME,
    },
    {
      why: 'It may come in as many packets as it has bytes.',
      sent: [...`<?xml version='1.0'?>${header(UMBRELLA)}`],
      want: AT_UMBRELLA,
    },
    {
      why: "The prefix is the client's choice, and so are quotes, blanks and the order.",
      sent: [
        `<s:stream xmlns:s='http://etherx.jabber.org/streams'\n version="1.0"\tto = '${ACME}' >`,
      ],
      want: AT_ACME,
    },
    {
      why: 'Without a prefix it is a stream as well.',
      sent: [`<stream xmlns='http://etherx.jabber.org/streams' to='${ACME}'>`],
      want: AT_ACME,
    },
    {
      why: 'Only the attribute `to` counts, not a text that looks like it, nor one of another namespace.',
      sent: [
        `<stream:stream from="x' to='${UMBRELLA}' " x:to="${UMBRELLA}" into="${UMBRELLA}" to="${ACME}">`,
      ],
      want: AT_ACME,
    },
    {
      why: 'What a hasty client sends after it goes the same way, whatever it says.',
      sent: [`${header(ACME)}<starttls/>${header(UMBRELLA)}`],
      want: AT_ACME,
    },
    { why: 'An unknown name is told nothing.', sent: [header('unknown.de.example')], want: '' },
    { why: 'A longer name is another name.', sent: [header(`x${ACME}`)], want: '' },
    { why: 'Nobody is the default.', sent: ['<stream:stream version="1.0">'], want: '' },
    { why: 'An empty name is no name.', sent: [header('')], want: '' },
    {
      why: 'A tenant without ingest is closed on this way in.',
      sent: [header(HALF)],
      want: '',
    },
    {
      why: "`to` in the declaration is not the stream's.",
      sent: [`<?xml version='1.0' to='${ACME}'?><stream:stream version='1.0'>`],
      want: '',
    },
    { why: 'Another protocol is closed at once.', sent: ['GET / HTTP/1.1\r\n\r\n'], want: '' },
    {
      why: 'TLS from the start is not STARTTLS.',
      sent: [Buffer.from([22, 3, 1, 2, 0, 1])],
      want: '',
    },
    {
      why: 'A header without end is closed at 2 KiB.',
      sent: [`<stream:stream to='${ACME}' x='${'y'.repeat(2_048)}`],
      want: '',
    },
    {
      why: 'Many attributes cost no time: nothing is tried twice.',
      sent: [`<stream:stream ${'a="b" '.repeat(330)}`, 'a="'.repeat(30)],
      want: '',
    },
  ])('$why', async ({ sent, want }) => {
    const begin = performance.now()
    expect(await say(xmpp, sent)).toBe(want)
    expect(performance.now() - begin).toBeLessThan(3_000)
  })
})

describe('a TLS connection', () => {
  it.each([
    { why: 'It goes where its server name says.', host: ACME, want: AT_ACME },
    { why: 'Another name, another tenant.', host: 'Umbrella.de.example', want: AT_UMBRELLA },
    { why: 'A tenant without ingest may still have an API.', host: HALF, want: AT_ACME },
    {
      why: 'An unknown name is told nothing, not even a certificate.',
      host: 'x.example',
      want: '',
    },
    { why: 'A client that names nobody is told nothing.', host: '', want: '' },
  ])('$why', async ({ host, want }) => {
    expect(await say(tls, [await clientHello(host)])).toBe(want)
  })

  it('may bring its name in many packets', async () => {
    const hello = await clientHello(ACME)
    const parts = Array.from({ length: Math.ceil(hello.length / 8) }, (_, index) =>
      hello.subarray(index * 8, index * 8 + 8),
    )
    expect(await say(tls, parts)).toBe(AT_ACME)
  })

  it('is closed when it is no TLS', async () => {
    expect(await say(tls, ['GET / HTTP/1.1\r\nhost: acme.de.example\r\n\r\n'])).toBe('')
    expect(await say(tls, [header(ACME)])).toBe('')
  })
})

it('closes a connection that does not say within 5 s where it wants to', {
  timeout: 20_000,
}, async () => {
  const hello = await clientHello(ACME)
  const cases = [
    say(xmpp, []),
    say(xmpp, [`<message to='${ACME}'>`]),
    say(xmpp, [`<stream:stream to='${ACME}'`]),
    say(tls, []),
    say(tls, [hello.subarray(0, 100)]),
  ]
  const begin = performance.now()
  expect(await Promise.all(cases)).toEqual(['', '', '', '', ''])
  const seconds = (performance.now() - begin) / 1000
  expect(seconds).toBeGreaterThan(4)
  expect(seconds).toBeLessThan(8)
})

describe('connections at a time', () => {
  beforeEach(async () => {
    await haproxy.kill() // those of the tests before may still count
    await start()
  })

  /** Keeps it open when it is let in. */
  async function connect(
    sockets: Socket[],
    [port, first]: [number, string | Buffer],
    source = '127.0.0.1',
  ): Promise<string> {
    const socket = await open(port, source)
    const answer = firstAnswer(socket)
    socket.write(first)
    sockets.push(socket)
    return await answer
  }

  it('of one source are bounded, on both entrances together', async () => {
    const sockets: Socket[] = []
    const hellos = [await clientHello(ACME), await clientHello(UMBRELLA)]
    const ways: [number, string | Buffer][] = [
      [xmpp, header(ACME)],
      [tls, hellos[0] ?? ''],
      [xmpp, header(UMBRELLA)],
      [tls, hellos[1] ?? ''],
    ]
    while (sockets.length < PER_SOURCE.all) {
      const way = ways[sockets.length % ways.length] as [number, string | Buffer]
      expect(await connect(sockets, way)).not.toBe('')
    }
    for (const [port, first] of ways) expect(await say(port, [first])).toBe('')
    for (const socket of sockets) socket.destroy()
    await expect.poll(() => say(xmpp, [header(ACME)])).toBe(AT_ACME)
  })

  it.each([
    { way: 'XMPP', port: () => xmpp, first: async (host: string) => header(host) },
    { way: 'TLS', port: () => tls, first: clientHello },
  ])('to one tenant are bounded, and the others have theirs: $way', async ({ port, first }) => {
    const sockets: Socket[] = []
    const [acme, umbrella] = [await first(ACME), await first(UMBRELLA)]
    while (sockets.length < PER_TENANT.all) {
      const source = `127.0.0.${2 + (sockets.length % 2)}`
      expect(await connect(sockets, [port(), acme], source)).toBe(AT_ACME)
    }
    expect(await say(port(), [acme])).toBe('')
    expect(await say(port(), [acme.slice(0, 50), acme.slice(50)]), 'in two packets').toBe('')
    expect(await say(port(), [umbrella])).toBe(AT_UMBRELLA)
    sockets.pop()?.destroy()
    await expect.poll(() => say(port(), [acme])).toBe(AT_ACME)
    for (const socket of sockets) socket.destroy()
  })

  it('of one source that come too fast are refused, those of others are not', async () => {
    // More than it takes: on a busy machine the first are ten seconds old before the last is open.
    for (let count = 0; count < 2 * PER_SOURCE.fresh; count += 1) (await open(xmpp)).destroy()
    const begin = performance.now()
    const refused = [say(xmpp, [header(ACME)]), say(tls, [await clientHello(ACME)])]
    const sockets: Socket[] = []
    expect(await connect(sockets, [xmpp, header(ACME)], '127.0.0.2')).toBe(AT_ACME)
    sockets[0]?.destroy()
    expect(performance.now() - begin).toBeLessThan(3_000)
    expect(await Promise.all(refused)).toEqual(['', ''])
    expect(performance.now() - begin, 'they are let wait').toBeGreaterThan(4_000)
  })

  it.each([
    { entrance: 'xmpp' as const, sent: async (host: string) => header(host) },
    { entrance: 'tls' as const, sent: clientHello },
  ])(
    'to one tenant that come too fast are refused, those to others are not: $entrance',
    async one => {
      const [port, bound] = [{ xmpp, tls }[one.entrance], PER_TENANT.fresh[one.entrance]]
      const first = await one.sent(ACME)
      const answers: string[] = []
      while (!answers.includes('') && answers.length < 2 * bound) {
        const sockets: Socket[] = []
        const batch = Array.from({ length: 20 }, (_, index) =>
          connect(sockets, [port, first], `127.0.0.${2 + (index % 4)}`),
        )
        answers.push(...(await Promise.all(batch)))
        for (const socket of sockets) socket.destroy()
      }
      const taken = answers.filter(answer => answer === AT_ACME).length
      expect(answers.length - taken).toBe(answers.filter(answer => answer === '').length)
      expect(answers.length - taken, 'refused').toBeGreaterThan(0)
      expect(taken).toBeGreaterThanOrEqual(bound)
      expect(await say(port, [await one.sent(UMBRELLA)])).toBe(AT_UMBRELLA)
    },
  )

  it("of one source to one tenant's API are bounded, and its monitors and others have theirs", async () => {
    const sockets: Socket[] = []
    const [acme, umbrella] = [await clientHello(ACME), await clientHello(UMBRELLA)]
    while (sockets.length < PER_SOURCE.toOneApi) {
      expect(await connect(sockets, [tls, acme])).toBe(AT_ACME)
    }
    expect(await say(tls, [acme])).toBe('')
    expect(await connect(sockets, [tls, acme], '127.0.0.2'), 'another source').toBe(AT_ACME)
    expect(await say(tls, [umbrella]), 'another tenant').toBe(AT_UMBRELLA)
    expect(await say(xmpp, [header(ACME)]), 'a monitor').toBe(AT_ACME)
    sockets.shift()?.destroy()
    await expect.poll(() => say(tls, [acme])).toBe(AT_ACME)
    for (const socket of sockets) socket.destroy()
  })
})

it('answers its health check, and nothing else there', async () => {
  expect((await fetch(`http://127.0.0.1:${health}/livez`)).status).toBe(200)
  expect((await fetch(`http://127.0.0.1:${health}/metrics`)).status).toBe(403)
})

it('leaves in order: nobody new is let in, and who is there may finish', {
  timeout: 60_000,
}, async () => {
  const socket = await open(xmpp)
  socket.write(header(ACME))
  expect(await firstAnswer(socket)).toBe(AT_ACME)
  haproxy.signal('SIGUSR1')
  await expect
    .poll(() =>
      open(xmpp).then(
        () => 'open',
        error => error.code,
      ),
    )
    .toBe('ECONNREFUSED')
  const more = firstAnswer(socket)
  socket.write('more')
  expect(await more).toBe(AT_ACME)
  socket.destroy()
  expect(await haproxy.exited).toBe('status 0')
  await start()
})

it('logs no connection and no address', async () => {
  await say(xmpp, [header('unknown.de.example')])
  await say(xmpp, [header(ACME)])
  expect(haproxy.log()).not.toMatch(/127\.|example|connect/i)
})
