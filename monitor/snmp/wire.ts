import snmp, { type Session, type SessionOptions, type Varbind } from 'net-snmp'
import { type Credentials, libraryUser } from './credentials.ts'
import { SnmpError } from './error.ts'
import { isOid } from './oid.ts'
import type { Endpoint, SharedSockets } from './sockets.ts'
import type { SnmpValue } from './value.ts'

/** One object of an answer. Without a value: of a type that no printer needs, or a counter beyond what JSON holds. */
export interface Binding {
  oid: string
  value?: SnmpValue
  /** The agent has no such object, or nothing follows (noSuchObject, noSuchInstance, endOfMibView of RFC 3416). */
  isMissing?: true
}

/**
 * Requests to one agent, one at a time, as promises. Each rejects with SnmpError and nothing else, whatever the agent
 * sends. There is no SET.
 */
export interface Wire {
  get(oids: readonly string[]): Promise<Binding[]>
  /** What follows each OID, `repetitions` times: GETBULK; by v1, once: GETNEXT. In rows, as many as the agent gave. */
  next(oids: readonly string[], repetitions: number): Promise<Binding[]>
  close(): void
}

export interface WireOptions {
  /** Milliseconds until a request is sent again, and how often that is done. */
  timeout: number
  retries: number
}

type Callback = (error: Error | null, varbinds?: (Varbind | Varbind[])[]) => void

export function openWire(
  sockets: SharedSockets,
  endpoint: Endpoint,
  credentials: Credentials,
  { timeout, retries }: WireOptions,
): Wire {
  let fail: ((error: SnmpError) => void) | undefined
  let isClosed = false
  const onThrow = (cause: unknown) => fail?.(new SnmpError('invalid', NONSENSE, { cause }))
  const dgramModule = sockets.module(endpoint, onThrow)
  const session = open(endpoint, credentials, {
    port: endpoint.port,
    timeout,
    retries,
    dgramModule,
    backwardsGetNexts: true, // the walk itself looks at the order, and says so in its own words
  })
  // A datagram that cannot be parsed: whoever sent it, the real answer may still come.
  session.on('error', () => {})

  async function exchange(send: (done: Callback) => void): Promise<Binding[]> {
    if (isClosed) throw closed()
    const answer = Promise.withResolvers<Binding[]>()
    fail = answer.reject
    try {
      send((error, varbinds) => {
        if (error) answer.reject(understood(error))
        else settle(answer, varbinds ?? [])
      })
      return await answer.promise
    } finally {
      fail = undefined
    }
  }

  return {
    get: oids => exchange(done => session.get([...oids], done)),
    next: (oids, repetitions) =>
      exchange(done => {
        if (credentials.version === 'v1') session.getNext([...oids], done)
        else session.getBulk([...oids], 0, repetitions, done)
      }),
    close: () => {
      if (isClosed) return
      isClosed = true
      fail?.(closed())
      session.close()
    },
  }
}

const NONSENSE = 'cannot read the agent: its answer is no SNMP'

function open(endpoint: Endpoint, credentials: Credentials, options: SessionOptions): Session {
  if (credentials.version === 'v3') {
    return snmp.createV3Session(endpoint.address, libraryUser(credentials), {
      ...options,
      version: snmp.Version3,
    })
  }
  const version = credentials.version === 'v1' ? snmp.Version1 : snmp.Version2c
  return snmp.createSession(endpoint.address, credentials.community, { ...options, version })
}

function closed(): SnmpError {
  return new SnmpError(
    'closed',
    'cannot read the agent: its time is over or the reading was stopped',
  )
}

function settle(answer: PromiseWithResolvers<Binding[]>, varbinds: (Varbind | Varbind[])[]): void {
  try {
    answer.resolve(inRows(varbinds).map(toBinding))
  } catch (cause) {
    answer.reject(new SnmpError('invalid', NONSENSE, { cause }))
  }
}

/** The library gives a bulk answer in columns; a short answer lacks the end of its last row. */
function inRows(varbinds: (Varbind | Varbind[])[]): Varbind[] {
  const columns = varbinds.map(column => (Array.isArray(column) ? column : [column]))
  const rows: Varbind[] = []
  for (let row = 0; row < (columns[0]?.length ?? 0); row++) {
    for (const column of columns) {
      const varbind = column[row]
      if (varbind) rows.push(varbind)
    }
  }
  return rows
}

function toBinding(varbind: Varbind): Binding {
  const oid = String(varbind.oid)
  if (!isOid(oid)) throw new TypeError('no object identifier')
  if (snmp.isVarbindError(varbind)) return { oid, isMissing: true }
  const value = toValue(varbind)
  return value === undefined ? { oid } : { oid, value }
}

function toValue({ type, value }: Varbind): SnmpValue | undefined {
  if (type === snmp.ObjectType.Counter64)
    return Buffer.isBuffer(value) ? counter64(value) : undefined
  if (typeof value === 'number' || typeof value === 'string') return value
  return Buffer.isBuffer(value) ? value : undefined
}

/** Undefined beyond 2^53 - 1: no counter of a device is there. */
function counter64(bytes: Buffer): number | undefined {
  const value = Number.parseInt(bytes.toString('hex') || '0', 16)
  return Number.isSafeInteger(value) ? value : undefined
}

function understood(cause: Error): SnmpError {
  if (cause instanceof SnmpError) return cause
  if (cause.name === 'RequestTimedOutError') {
    return new SnmpError('timeout', 'cannot reach the agent: no answer in time', { cause })
  }
  if (cause instanceof snmp.RequestFailedError) return refusal(cause)
  if ('code' in cause && cause.code === snmp.ResponseInvalidCode.EAuthFailure) {
    return new SnmpError('denied', 'cannot read the agent: it refuses the SNMPv3 user or key', {
      cause,
    })
  }
  if (cause instanceof snmp.ResponseInvalidError)
    return new SnmpError('invalid', NONSENSE, { cause })
  return new SnmpError('timeout', 'cannot reach the agent: the request could not be sent', {
    cause,
  })
}

function refusal(cause: Error): SnmpError {
  const status = 'status' in cause ? cause.status : undefined
  if (status === snmp.ErrorStatus.TooBig) {
    return new SnmpError('too-big', 'cannot read the agent: the answer does not fit', { cause })
  }
  // The library names the offender at the end of its message: "NoSuchName: 1.3.6.1...".
  const oid = /: ([\d.]+)$/.exec(cause.message)?.[1]
  return new SnmpError('refused', 'cannot read the agent: it refuses the request', {
    cause,
    ...(oid && { oid }),
  })
}
