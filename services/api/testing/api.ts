import { metrics, trace } from '@opentelemetry/api'
import { createApiToken, type Sql } from '@platen/database'
import { type DestinationStream, pino } from 'pino'
import type { Issuer } from '../enrolment/issuer.ts'
import { createServer } from '../server.ts'
import type { Turns } from '../turns.ts'

export interface TestApiOptions {
  now?: () => number
  /** Makes the token, where `sql` is the API's own role. */
  owner?: Sql
  /** Where the log's lines go; nowhere by default. */
  log?: DestinationStream
  /** With which monitors enrol; by default none do. */
  issuer?: Issuer
  /** Absent: queries may use all the CPU there is. */
  turns?: Turns
}

export interface Answer {
  status: number
  /** biome-ignore lint/suspicious/noExplicitAny: a test looks at what it has asked for */
  data: any
  errors: { message: string; code: string }[]
}

/** The API on a database, without a port: requests are injected. */
export async function testApi(sql: Sql, options: TestApiOptions = {}) {
  const { now = Date.now, log, owner = sql, issuer, turns } = options
  const server = createServer({
    sql,
    now,
    issuer,
    ...(turns && { turns }),
    logger: log ? pino({}, log) : pino({ level: 'silent' }),
    tracer: trace.getTracer('test'),
    meter: metrics.getMeter('test'),
  })
  const token = await createApiToken(owner, 'test')
  return {
    server,
    token,
    /** Sends a query with the token. */
    async ask(query: string, variables: object = {}): Promise<Answer> {
      const response = await server.inject({
        method: 'POST',
        url: '/graphql',
        headers: { authorization: `Bearer ${token}` },
        payload: { query, variables },
      })
      const { data, errors = [] } = response.json()
      return { status: response.statusCode, data, errors: errors.map(plain) }
    },
    [Symbol.asyncDispose]: () => server.close(),
  }
}

function plain({ message, extensions }: { message: string; extensions: { code: string } }) {
  return { message, code: extensions.code }
}
