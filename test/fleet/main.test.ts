import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import snmp from 'net-snmp'
import { describe, expect, it } from 'vitest'
import { makeDevice } from './identity.ts'
import { readSettings } from './settings.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

function startMain(env: Record<string, string>) {
  const child = fork(MAIN, { env: { ...process.env, ...env }, stdio: 'pipe' })
  let said = ''
  child.stderr?.on('data', chunk => {
    said += chunk
  })
  const exited = once(child, 'exit').then(([status]) => ({ status, said }))
  return Object.assign(child, { exited, [Symbol.dispose]: () => void child.kill('SIGKILL') })
}

/** prtGeneralSerialNumber, as a manager of the net-snmp library sees it. */
async function serialBySnmp(address: string, port: number, n: number): Promise<string> {
  const { deviceIndex } = makeDevice(1, n, address).model
  const session = snmp.createSession(address, 'public', { port, version: snmp.Version2c })
  try {
    return await new Promise((resolve, reject) => {
      session.get([`1.3.6.1.2.1.43.5.1.1.17.${deviceIndex}`], (error, [serial] = []) =>
        error ? reject(error) : resolve(String(serial?.value)),
      )
    })
  } finally {
    session.close()
  }
}

describe('the process of the fleet', () => {
  it('tells its parent when all devices answer, and where, and ends when the parent is gone', async () => {
    using child = startMain({ PLATEN_FLEET_PRINTERS: '3' })
    const [ready] = await once(child, 'message')
    expect(ready).toEqual({ devices: 3, networks: ['127.66.0.0/24'], port: expect.any(Number) })
    child.disconnect()
    expect(await child.exited).toMatchObject({ status: 0, said: '' })
  })

  it('is one printer on an address of its own, and another one for each number', async () => {
    const serials = []
    for (const [at, first] of ['7', '8'].entries()) {
      const address = `127.67.0.${at + 1}`
      using child = startMain({ PLATEN_FLEET_ADDRESS: address, PLATEN_FLEET_FIRST: first })
      const [ready] = await once(child, 'message')
      expect(ready).toEqual({
        devices: 1,
        networks: [`${address}/32`],
        port: expect.any(Number),
      })
      serials.push(await serialBySnmp(address, ready.port, Number(first)))
    }
    // The same devices as in a fleet that is one process.
    expect(serials).toEqual([7, 8].map(n => makeDevice(1, n, '127.66.0.1').serial))
  })

  it('ends on SIGTERM', async () => {
    using child = startMain({ PLATEN_FLEET_PRINTERS: '1' })
    await once(child, 'message')
    child.kill('SIGTERM')
    expect(await child.exited).toMatchObject({ status: 0 })
  })

  it('says in one sentence why it cannot start, with status 1', async () => {
    await using root = await mkdtempDisposable(join(tmpdir(), 'platen-'))
    await writeFile(join(root.path, 'walk.snmprec'), 'nonsense\n')
    using child = startMain({ PLATEN_FLEET_RECORDINGS: root.path })
    expect(await child.exited).toEqual({
      status: 1,
      said: `cannot read ${root.path}/walk.snmprec: line 1 has no type; each line must be OID|TYPE|VALUE\n`,
    })
  })

  it('says in one sentence which setting is wrong, with status 2', async () => {
    using child = startMain({ PLATEN_FLEET_PORT: '70000' })
    expect(await child.exited).toEqual({
      status: 2,
      said: 'cannot use PLATEN_FLEET_PORT=70000: it is no whole number from 0 to 65535; correct it\n',
    })
  })
})

describe('the settings of the fleet', () => {
  it('ask for one printer of each model when nothing is said', () => {
    expect(readSettings({})).toMatchObject({ devices: 13, port: 0, network: '127.66' })
  })

  it('ask for the recorded printers alone when there are recordings and no number', () => {
    expect(readSettings({ PLATEN_FLEET_RECORDINGS: 'd' })).toMatchObject({
      devices: 0,
      recordings: 'd',
    })
  })

  it.each(['10.0.0.0/16', '127.66.0.0/24', '127.300.0.0/16'])(
    'refuse %s: only a /16 block of loopback addresses is simulated',
    block => {
      expect(() => readSettings({ PLATEN_FLEET_NETWORK: block })).toThrow('PLATEN_FLEET_NETWORK')
    },
  )

  it('ask for one printer on an address of its own', () => {
    const settings = readSettings({ PLATEN_FLEET_ADDRESS: '10.1.2.3', PLATEN_FLEET_FIRST: '4' })
    expect(settings).toMatchObject({ devices: 1, address: '10.1.2.3', first: 4 })
  })

  it.each([
    { PLATEN_FLEET_ADDRESS: 'printers-0' },
    { PLATEN_FLEET_ADDRESS: '', PLATEN_FLEET_FIRST: '100000' },
    { PLATEN_FLEET_FIRST: '-1' },
  ])('refuse %j', env => {
    expect(() => readSettings(env)).toThrow(/^cannot use PLATEN_FLEET_/)
  })
})
