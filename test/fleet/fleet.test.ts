import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import snmp from 'net-snmp'
import { describe, expect, it } from 'vitest'
import { DATAGRAM_BYTES } from './agent.ts'
import { encode, integerBody, oidBody, readInteger, readOid, TAG, type Value } from './ber.ts'
import { SLOW_MS } from './faults.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { PDU, V2C } from './message.ts'
import { MODELS } from './models/index.ts'

/** Recordings of real printers, where there are any beside the project. */
const REAL = fileURLToPath(new URL('../../../shared/printers', import.meta.url))
const SYS_DESCR = '1.3.6.1.2.1.1.1.0'
const SUPPLY_LEVEL = '1.3.6.1.2.1.43.11.1.1.9'
const ALERTS = '1.3.6.1.2.1.43.18.1.1'

/** A manager of the net-snmp library; no retries, so that what it sees is what was answered. */
function manager(
  fleet: Fleet,
  address: string,
  { community = 'public', ...options }: snmp.SessionOptions & { community?: string } = {},
) {
  const session = snmp.createSession(address, community, {
    port: fleet.port,
    version: snmp.Version2c,
    timeout: 1000,
    retries: 0,
    ...options,
  })
  return Object.assign(session, { [Symbol.dispose]: () => session.close() })
}

const get = (session: snmp.Session, oids: string[]) =>
  new Promise<snmp.Varbind[]>((resolve, reject) => {
    session.get(oids, (error, varbinds) => (error ? reject(error) : resolve(varbinds ?? [])))
  })

/** Everything below `root`, bounded to `most` rows. */
const walk = (session: snmp.Session, root: string, most = 10_000) =>
  new Promise<snmp.Varbind[]>((resolve, reject) => {
    const rows: snmp.Varbind[] = []
    const feed = (varbinds: snmp.Varbind[]) => {
      rows.push(...varbinds)
      return rows.length >= most
    }
    session.subtree(root, 25, feed, error => (error ? reject(error) : resolve(rows)))
  })

/** One row as text: type and value tell apart whatever two rows can differ in. */
const line = (oid: string, tag: number, value: unknown) =>
  `${oid}|${tag}|${Buffer.isBuffer(value) ? value.toString('hex') : value}`

/** What a manager makes of a value. */
function decoded({ tag, body }: Value): unknown {
  if (tag === TAG.octetString) return body
  if (tag === TAG.ipAddress) return body.join('.')
  return tag === TAG.oid ? readOid(body).join('.') : readInteger(body)
}

/** The rows of a device as a manager should see them, in order. */
const wanted = (fleet: Fleet, at = 0) =>
  (fleet.devices[at]?.rows() ?? [])
    .toSorted(([a], [b]) => byOid(a, b))
    .map(([oid, value]) => ({ oid, line: line(oid, value.tag, decoded(value)) }))

const byOid = (a: string, b: string): number => {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  const at = left.findIndex((arc, place) => arc !== right[place])
  return at < 0 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1)
}

describe('a simulated printer', () => {
  it.each([
    { version: 'v1', options: { version: snmp.Version1 } },
    { version: 'v2c', options: { version: snmp.Version2c } },
  ])('answers a walk by $version with the whole of its table, in order', async ({ options }) => {
    await using fleet = await startFleet({ devices: MODELS.length, speed: 0 })
    for (const [at, { address }] of fleet.devices.entries()) {
      using session = manager(fleet, address, options)
      const rows = await walk(session, '1.3.6.1')
      expect(rows.map(({ oid, type, value }) => line(oid, type ?? 0, value))).toEqual(
        wanted(fleet, at).map(({ line }) => line),
      )
    }
  })

  it('says by SNMP what is true of it: serial, life count and supply levels', async () => {
    await using fleet = await startFleet({ devices: MODELS.length, speed: 0 })
    for (const { address, device, state } of fleet.devices) {
      using session = manager(fleet, address)
      const { deviceIndex, firstSupply } = device.model
      const [serial, pages] = await get(session, [
        `1.3.6.1.2.1.43.5.1.1.17.${deviceIndex}`,
        `1.3.6.1.2.1.43.10.2.1.4.${deviceIndex}.1`,
      ])
      expect(String(serial?.value)).toBe(device.serial)
      expect(pages?.value).toBe(state().pages.total)
      const levels = await walk(session, SUPPLY_LEVEL)
      expect(levels[0]?.oid).toBe(`${SUPPLY_LEVEL}.${deviceIndex}.${firstSupply}`)
      expect(levels.map(({ value }) => value)).toEqual(state().supplies)
    }
  })

  it('tells an unknown object from an unknown instance and from the end (v2c)', async () => {
    await using fleet = await startFleet({ devices: 1, speed: 0 })
    using session = manager(fleet, '127.66.0.1')
    const [object, instance] = await get(session, ['1.3.6.1.2.1.1.99.0', `${SUPPLY_LEVEL}.1.99`])
    expect(object?.type).toBe(snmp.ObjectType.NoSuchObject)
    expect(instance?.type).toBe(snmp.ObjectType.NoSuchInstance)
    const [end] = await new Promise<snmp.Varbind[]>((resolve, reject) =>
      session.getNext(['1.3.9'], (error, varbinds) =>
        error ? reject(error) : resolve(varbinds ?? []),
      ),
    )
    expect(end?.type).toBe(snmp.ObjectType.EndOfMibView)
  })

  it('answers noSuchName to version 1', async () => {
    await using fleet = await startFleet({ devices: 1, speed: 0 })
    using session = manager(fleet, '127.66.0.1', { version: snmp.Version1 })
    await expect(get(session, [SYS_DESCR, '1.3.6.1.2.1.1.99.0'])).rejects.toThrow('NoSuchName')
  })

  it('refuses and counts every SET', async () => {
    await using fleet = await startFleet({ devices: 1, speed: 0 })
    const set = async (options: snmp.SessionOptions) => {
      using session = manager(fleet, '127.66.0.1', options)
      const varbind = { oid: '1.3.6.1.2.1.1.5.0', type: snmp.ObjectType.OctetString, value: 'x' }
      return await new Promise<string>(resolve => {
        session.set([varbind], error => resolve(String(error?.message)))
      })
    }
    expect(fleet.sets).toBe(0)
    expect(await set({ version: snmp.Version2c })).toContain('NotWritable')
    expect(await set({ version: snmp.Version1 })).toContain('ReadOnly')
    expect(fleet.sets).toBe(2)
  })

  it('cuts a bulk answer to what fits into one datagram', async () => {
    await using fleet = await startFleet({ devices: 1, speed: 0 })
    const answer = await exchange(fleet.port, bulkRequest(1000))
    expect(answer.length).toBeLessThanOrEqual(DATAGRAM_BYTES)
    expect(answer.length).toBeGreaterThan(DATAGRAM_BYTES / 2)
  })

  it('does not answer another community, nor bytes that are no SNMP', async () => {
    await using fleet = await startFleet({ devices: 1, speed: 0 })
    using stranger = manager(fleet, '127.66.0.1', { timeout: 200, community: 'private' })
    await expect(get(stranger, [SYS_DESCR])).rejects.toThrow('timed out')
    await send(fleet.port, Buffer.from('garbage'))
    using session = manager(fleet, '127.66.0.1')
    expect(await get(session, [SYS_DESCR])).toHaveLength(1)
  })

  it('goes on counting where the clock is when the fleet is started again', async () => {
    const pages = async (now: number) => {
      await using fleet = await startFleet({ devices: 1, now: () => now })
      return fleet.devices[0]?.state().pages.total ?? 0
    }
    const first = await pages(Date.UTC(2026, 10, 20, 8))
    expect(await pages(Date.UTC(2026, 10, 20, 8))).toBe(first)
    expect(await pages(Date.UTC(2026, 10, 20, 9))).toBeGreaterThan(first)
  })

  const snmpbulkwalk = '/usr/bin/snmpbulkwalk'
  it.runIf(existsSync(snmpbulkwalk))('satisfies the snmpbulkwalk of Net-SNMP', async () => {
    await using fleet = await startFleet({ devices: 1, speed: 0 })
    const target = `127.66.0.1:${fleet.port}`
    for (const version of ['-v1', '-v2c']) {
      const program = version === '-v1' ? '/usr/bin/snmpwalk' : snmpbulkwalk
      const options = [version, '-c', 'public', '-On', '-Oq', '-m', '', target, '.1.3.6.1']
      const { stdout } = await promisify(execFile)(program, options)
      const rows = stdout.split('\n').filter(row => !row.includes('No more variables left'))
      const seen = rows.flatMap(row => /^\.([\d.]+) /.exec(row)?.[1] ?? [])
      expect(seen).toEqual(wanted(fleet).map(({ oid }) => oid))
    }
  })
})

describe('a recorded printer', () => {
  it('answers with what was recorded, besides the simulated ones', async () => {
    await using root = await mkdtempDisposable(join(tmpdir(), 'platen-'))
    const rows = ['1.3.6.1.2.1.1.1.0|4|Seen|once', '1.3.6.1.4.1.5.1|67|5', '1.3.6.1.2.1.2.1|70|9']
    await mkdir(join(root.path, 'one'))
    await writeFile(join(root.path, 'one', 'walk.snmprec'), `${rows.join('\r\n')}\r\n`)
    await using fleet = await startFleet({ devices: 1, recordings: root.path })
    expect(fleet.networks).toEqual(['127.66.0.0/24', '127.66.1.0/24'])
    expect(fleet.addresses).toEqual(['127.66.0.1', '127.66.1.1'])

    using session = manager(fleet, '127.66.1.1')
    const seen = await walk(session, '1.3.6.1')
    expect(seen.map(({ oid, type, value }) => line(oid, type ?? 0, value))).toEqual([
      line('1.3.6.1.2.1.1.1.0', 4, Buffer.from('Seen|once')),
      line('1.3.6.1.2.1.2.1', 70, Buffer.from([9])),
      line('1.3.6.1.4.1.5.1', 67, 5),
    ])
    using old = manager(fleet, '127.66.1.1', { version: snmp.Version1 })
    const seenByV1 = await walk(old, '1.3.6.1')
    expect(
      seenByV1.map(({ oid }) => oid),
      'version 1 steps over Counter64',
    ).toEqual(['1.3.6.1.2.1.1.1.0', '1.3.6.1.4.1.5.1'])
  })

  it.runIf(existsSync(REAL))('answers as each real printer did, row by row', async () => {
    await using fleet = await startFleet({ devices: 0, recordings: REAL })
    for (const { address, recording } of fleet.recordings) {
      using session = manager(fleet, address)
      const seen = await walk(session, '1.3.6.1')
      const oids = [...new Set(recording.rows.map(([oid]) => oid))].toSorted(byOid)
      expect(
        seen.map(({ oid }) => oid),
        recording.directory,
      ).toEqual(oids)
    }
  })

  it('is not started when it is wrong, nor is anything else', async () => {
    await using root = await mkdtempDisposable(join(tmpdir(), 'platen-'))
    await expect(startFleet({ devices: 1, recordings: root.path })).rejects.toThrow('cannot use')
  })
})

describe('a fleet', () => {
  it('that finds its port in use says so and holds no socket', async () => {
    await using fleet = await startFleet({ devices: 2 })
    await expect(startFleet({ devices: 3, port: fleet.port })).rejects.toThrow(
      `cannot listen on UDP 127.66.0.1:${fleet.port}: the port is in use`,
    )
    await fleet.stop()
    await using again = await startFleet({ devices: 3, port: fleet.port })
    expect(again.port).toBe(fleet.port)
  })

  it.each([
    { why: 'two devices', options: { devices: 2 } },
    { why: 'a faulty one besides', options: { devices: 1, faults: ['slow' as const] } },
  ])('on one address is refused for $why', async ({ options }) => {
    await expect(startFleet({ ...options, address: '127.67.0.9' })).rejects.toThrow(
      'cannot start a fleet on 127.67.0.9: it holds one device',
    )
  })

  it('of none is refused', async () => {
    await expect(startFleet({ devices: 0 })).rejects.toThrow('it has no device')
  })
})

describe('a device that behaves wrongly', () => {
  it('silent: never answers', async () => {
    await using fleet = await startFleet({ devices: 1, faults: ['silent'] })
    expect(fleet.faulty).toEqual([{ address: '127.66.0.2', fault: 'silent' }])
    using session = manager(fleet, '127.66.0.2', { timeout: 200 })
    await expect(get(session, [SYS_DESCR])).rejects.toThrow('timed out')
  })

  it('garbage: answers bytes that are no SNMP', async () => {
    await using fleet = await startFleet({ devices: 0, faults: ['garbage'] })
    const request = bulkRequest(1)
    const answer = await exchange(fleet.port, request)
    expect(answer.subarray(0, 2)).toEqual(request.subarray(0, 2))
    expect(answer.subarray(2)).not.toEqual(request.subarray(2))
  })

  it('loop: answers with identifiers that do not increase', async () => {
    await using fleet = await startFleet({ devices: 0, faults: ['loop'], speed: 0 })
    using session = manager(fleet, '127.66.0.1', {
      version: snmp.Version1,
      backwardsGetNexts: true,
    })
    const rows = await walk(session, SUPPLY_LEVEL, 50)
    expect(rows).toHaveLength(50)
    expect(new Set(rows.map(({ oid }) => oid)).size).toBe(1)
  })

  it('endless: has an alert table without an end', async () => {
    await using fleet = await startFleet({ devices: 0, faults: ['endless'], speed: 0 })
    using session = manager(fleet, '127.66.0.1')
    const rows = await walk(session, ALERTS, 2000)
    expect(new Set(rows.map(({ oid }) => oid)).size).toBe(rows.length)
    expect(rows.length).toBeGreaterThanOrEqual(2000)
  })

  it('slow: answers rightly, but late', async () => {
    await using fleet = await startFleet({ devices: 0, faults: ['slow'], speed: 0 })
    using hasty = manager(fleet, '127.66.0.1', { timeout: SLOW_MS / 10 })
    await expect(get(hasty, [SYS_DESCR])).rejects.toThrow('timed out')
    using patient = manager(fleet, '127.66.0.1', { timeout: SLOW_MS * 5 })
    expect(await get(patient, [SYS_DESCR])).toHaveLength(1)
  })
})

/** GETBULK of version 2c below 1.3, as bytes: the length is what a library would not let us see. */
function bulkRequest(repetitions: number): Buffer {
  const number = (n: number) => encode(TAG.integer, integerBody(BigInt(n)))
  const name = encode(TAG.sequence, encode(TAG.oid, oidBody([1, 3])), encode(TAG.null))
  return encode(
    TAG.sequence,
    number(V2C),
    encode(TAG.octetString, Buffer.from('public')),
    encode(PDU.bulk, number(1), number(0), number(repetitions), encode(TAG.sequence, name)),
  )
}

async function send(port: number, datagram: Buffer): Promise<void> {
  const socket = createSocket('udp4')
  await new Promise(resolve => socket.send(datagram, port, '127.66.0.1', resolve))
  socket.close()
}

async function exchange(port: number, datagram: Buffer): Promise<Buffer> {
  const socket = createSocket('udp4')
  try {
    const answered = once(socket, 'message', { signal: AbortSignal.timeout(5000) })
    socket.send(datagram, port, '127.66.0.1')
    const [answer] = await answered
    return answer
  } finally {
    socket.close()
  }
}
