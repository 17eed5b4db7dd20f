import { connect, createServer, type Server, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { decodeReceipt, type XmlElement } from '@platen/protocol'
import { expect } from 'vitest'
import type { TestDatabase } from '../../test/support/database.ts'
import { startProcess, type TestProcess } from '../../test/support/process.ts'
import type { TestTenant } from '../../test/support/tenant.ts'
import { childOf, textOf } from '../../test/support/xmpp-client.ts'

export const MAIN = 'services/ingest/main.ts'

export async function startIngest(
  tenant: TestTenant,
  env: Record<string, string> = {},
): Promise<TestProcess> {
  const ingest = startProcess(MAIN, { ...tenant.ingestEnv, ...env })
  await ingest.logged(/^connected to the XMPP server$/)
  return ingest
}

export function receiptOf(answer: XmlElement) {
  expect(answer.attrs.type, textOf(answer)).toBe('result')
  return decodeReceipt(childOf(answer, 'receipt'))
}

/** Type, condition and text of an IQ's error. */
export function errorOf(answer: XmlElement) {
  const error = childOf(answer, 'error')
  const [condition] = error.children
  const name = typeof condition === 'object' ? condition.name : undefined
  return { type: error.attrs.type, condition: name, text: textOf(error) }
}

/** Numbers of all reports that are stored, or of those of one monitor. */
export async function stored({ sql }: TestDatabase, monitor?: string): Promise<number[]> {
  const rows = await sql<{ first: number; last: number }[]>`
    select lower(range)::int as first, upper(range)::int - 1 as last
    from received_report join monitor on monitor.id = monitor_id, unnest(sequences) as range
    where monitor.name = coalesce(${monitor ?? null}, monitor.name) order by 1`
  return rows.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  )
}

/** Keeps every commit of reports waiting until it is disposed of. */
export async function blockCommits({ sql }: TestDatabase): Promise<AsyncDisposable> {
  const locked = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const transaction = sql.begin(async tx => {
    await tx`lock table received_report in exclusive mode`
    locked.resolve()
    await release.promise
  })
  await locked.promise
  return {
    async [Symbol.asyncDispose]() {
      release.resolve()
      await transaction
    },
  }
}

/** How many commits wait for blockCommits. */
export async function blocked({ sql }: TestDatabase): Promise<number> {
  const rows = await sql`
    select 1 from pg_locks where not granted and relation = 'received_report'::regclass`
  return rows.length
}

/** A gauge or counter of the ingest's /metrics, 0 where there is none yet. */
export async function metric(ingest: TestProcess, name: string): Promise<number> {
  const page = await ingest.page('/metrics')
  const line = page
    .split('\n')
    .find(text => text.startsWith(`${name}{`) || text.startsWith(`${name} `))
  return Number(line?.split(' ').at(-1) ?? 0)
}

/** A way to the port of 127.0.0.1 that hands every byte over by itself. */
export async function startChopper(port: number): Promise<{ port: number } & AsyncDisposable> {
  const sockets: Socket[] = []
  const server: Server = createServer(near => {
    const far = connect(port, '127.0.0.1')
    sockets.push(near, far)
    void chop(far, near)
    near.pipe(far)
    for (const socket of [near, far]) socket.setNoDelay().on('error', () => undefined)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

async function chop(from: Socket, to: Socket): Promise<void> {
  try {
    for await (const chunk of from) {
      for (const byte of chunk) {
        to.write(Buffer.of(byte))
        await setImmediate()
      }
    }
  } catch {
    // the end of a connection, however it comes
  } finally {
    to.end()
  }
}
