import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { type HostMap, linesOf } from './map.ts'

/** A connection that HAProxy has passed on. */
export interface Session {
  id: string
  backend: string
  address: string
}

/** Counts of one way in, since HAProxy started. */
export interface Entrance {
  name: string
  connections: number
  refused: number
}

/** HAProxy's runtime API: https://docs.haproxy.org/2.6/management.html#9.3 */
export interface Runtime {
  /** Changes with every change of the map, and when HAProxy starts anew it may. */
  mapVersion(): Promise<string>
  map(): Promise<HostMap>
  /** Puts another map in its place: every lookup sees all of the old or all of the new one. */
  replaceMap(map: HostMap): Promise<void>
  sessions(): AsyncIterable<Session>
  end(ids: readonly string[]): Promise<void>
  entrances(): Promise<Entrance[]>
}

const TIMEOUT_MS = 10_000
/** HAProxy takes commands with what comes along up to its buffer's size, 16 KiB. */
const PAYLOAD_BYTES = 8_192
const ENDED_AT_ONCE = 100

/** @param mapFile as HAProxy's configuration names it */
export function createRuntime(socket: string, mapFile: string): Runtime {
  const ask = async (command: string) => (await Array.fromAsync(answer(socket, command))).join('\n')

  async function tell(command: string): Promise<void> {
    const said = (await ask(command)).trim()
    if (said !== '')
      throw new Error(`cannot ${command.split(' ', 2).join(' ')}: HAProxy says ${said}`)
  }

  return {
    async mapVersion() {
      const rows = (await ask('show map')).split('\n')
      const row = rows.find(row => row.includes(` (${mapFile}) `))
      const version = /curr_ver=\d+.*entry_cnt=\d+/.exec(row ?? '')?.[0]
      if (version === undefined) throw new Error('cannot find the map in HAProxy')
      return version
    },
    async map() {
      const rows = (await ask(`show map ${mapFile}`)).split('\n').map(row => row.split(' '))
      return new Map(rows.flatMap(([, host, value]) => (host && value ? [[host, value]] : [])))
    },
    async replaceMap(map) {
      const prepared = await ask(`prepare map ${mapFile}`)
      const version = /version created: (\d+)/.exec(prepared)?.[1]
      if (version === undefined)
        throw new Error(`cannot prepare map: HAProxy says ${prepared.trim()}`)
      for (const lines of parcels(linesOf(map))) {
        await tell(`add map @${version} ${mapFile} <<\n${lines}`)
      }
      await tell(`commit map @${version} ${mapFile}`)
    },
    sessions: () => parseSessions(answer(socket, 'show sess all')),
    async end(ids) {
      for (let from = 0; from < ids.length; from += ENDED_AT_ONCE) {
        const some = ids.slice(from, from + ENDED_AT_ONCE)
        // Those that have ended by themselves are "No such session", which is what is wanted.
        await ask(some.map(id => `shutdown session ${id}`).join(';'))
      }
    },
    async entrances() {
      return parseEntrances(await ask('show stat -1 1 -1'))
    },
  }
}

/** Sends one command; HAProxy ends the connection after its answer. */
async function* answer(path: string, command: string): AsyncGenerator<string> {
  const socket = connect(path)
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('it does not answer')))
  try {
    const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })
    const failed = failureOf(socket)
    socket.write(`${command}\n`)
    yield* lines
    const failure = failed()
    if (failure) throw failure
  } catch (cause) {
    throw new Error(`cannot ask HAProxy: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    })
  } finally {
    socket.destroy()
  }
}

/** readline ends without a word when its input fails. */
function failureOf(socket: Socket): () => Error | undefined {
  let failure: Error | undefined
  socket.on('error', error => {
    failure = error
  })
  return () => failure
}

function parcels(lines: string[]): string[] {
  const texts: string[] = []
  for (const line of lines) {
    const last = texts.at(-1)
    if (last === undefined || last.length + line.length > PAYLOAD_BYTES) texts.push(`${line}\n`)
    else texts[texts.length - 1] = `${last}${line}\n`
  }
  return texts
}

/**
 * Reads `show sess all`: a block a session, of which three lines matter:
 *
 *     0x5592e959cf70: [23/Nov/2026:04:26:29.437213] id=10 proto=tcpv4 source=192.0.2.1:59316
 *       backend=ingest (id=3 mode=tcp) addr=10.0.0.2:39708
 *       server=tenant (id=1) addr=10.96.3.4:5222
 */
export async function* parseSessions(lines: AsyncIterable<string>): AsyncGenerator<Session> {
  let id = ''
  let backend = ''
  for await (const line of lines) {
    id = /^(0x[0-9a-f]+): /.exec(line)?.[1] ?? id
    backend = /^ {2}backend=(\S+) /.exec(line)?.[1] ?? backend
    const address = /^ {2}server=tenant \(id=\d+\) addr=(\S+):\d+$/.exec(line)?.[1]
    if (address !== undefined) yield { id, backend, address }
  }
}

/** Reads `show stat`: comma-separated values below a line of their names. */
export function parseEntrances(text: string): Entrance[] {
  const [head = '', ...rows] = text.replace(/^# /, '').split('\n')
  const names = head.split(',')
  return rows
    .filter(row => row !== '')
    .map(row => {
      const values = row.split(',')
      const of = (name: string) => values[names.indexOf(name)] ?? ''
      const refused = Number(of('dreq')) + Number(of('dcon'))
      return { name: of('pxname'), connections: Number(of('scur')), refused }
    })
    .filter(({ name }) => name === 'tls' || name === 'xmpp')
}
