import { Readable } from 'node:stream'
import { SpanKind } from '@opentelemetry/api'
import { type ApiToken, type Sql, verifyApiToken } from '@platen/database'
import { type Logger, type Meter, type Tracer, withRemoteParent } from '@platen/telemetry'
import Fastify, {
  type FastifyError,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { Issuer } from './enrolment/issuer.ts'
import { enrolmentRoute } from './enrolment/route.ts'
import { GRAPHIQL_HEADERS, graphiqlPage } from './graphiql.ts'
import { exportLedger } from './ledger/export.ts'
import { LIMITS } from './limits.ts'
import { inSpan } from './observe.ts'
import { refuse, refuseBusy, refuseFailure, refuseForNow, refuseUnknown } from './refusals.ts'
import type { Tls } from './tls.ts'
import { bearerToken, rememberGoodTokens } from './tokens.ts'
import { boundsOf, createTurns, type Turns } from './turns.ts'
import { createGraphql } from './yoga.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose request it is; null where nobody has to say so. */
    token: ApiToken | null
  }
}

export interface ServerParts {
  sql: Sql
  logger: Logger
  tracer: Tracer
  meter: Meter
  /** Absent: plain HTTP. */
  tls?: Tls | undefined
  /** Absent: no monitors enrol here. */
  issuer?: Issuer | undefined
  /** Absent: queries may use all the CPU there is. */
  turns?: Turns
  /** Milliseconds, for the life of remembered tokens and for limits by the second. */
  now?: () => number
}

/**
 * The API over HTTP, not yet listening: POST and GET /graphql and the export of the residency ledger for whoever has a
 * token, GraphiQL for a browser, which has none yet, and POST /enrol for monitors, which have a code instead. Whatever is
 * refused is answered in GraphQL's form, with a code.
 */
export function createServer(parts: ServerParts) {
  const { sql, logger, tracer, meter, tls, issuer, turns = NO_BOUND, now = Date.now } = parts
  const server = Fastify({
    https: tls ? { ...tls, handshakeTimeout: LIMITS.handshakeMs } : null,
    loggerInstance: logger,
    // Its lines would hold the callers' addresses.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: LIMITS.bodyBytes,
    requestTimeout: 10_000,
    forceCloseConnections: 'idle',
  })
  server.server.maxConnections = LIMITS.connections
  const graphql = createGraphql({ sql, logger, tracer, meter, enrols: issuer !== undefined })
  const verify = rememberGoodTokens(token => verifyApiToken(sql, token), now)
  const duration = meter.createHistogram('http.server.request.duration', {
    unit: 's',
    description: 'HTTP requests',
  })

  async function authorize(request: FastifyRequest, reply: FastifyReply) {
    const token = bearerToken(request.headers.authorization)
    if (token === undefined) return refuseUnknown(reply)
    const owner = await verify(token)
    if (owner === 'later') return refuseForNow(reply)
    if (!owner) return refuseUnknown(reply, 'invalid_token')
    request.token = owner
  }

  server.decorateRequest('token', null)
  server.setErrorHandler((error: FastifyError, _request, reply) =>
    refuseFailure(reply, error, logger),
  )
  server.setNotFoundHandler((_request, reply) =>
    refuse(reply, 404, 'NOT_FOUND', 'There is nothing here: the API is at /graphql.'),
  )
  server.addHook('onResponse', async (request, reply) => {
    duration.record(reply.elapsedTime / 1000, {
      'http.request.method': request.method,
      'http.response.status_code': reply.statusCode,
      'http.route': request.routeOptions.url ?? '',
    })
  })

  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    onRequest: async (request, reply) => {
      if (isBrowser(request)) {
        return reply.headers(GRAPHIQL_HEADERS).send(await graphiqlPage())
      }
      return authorize(request, reply)
    },
    handler: (request, reply) =>
      withRemoteParent(parentOf(request), () =>
        inSpan(tracer, `${request.method} /graphql`, SpanKind.SERVER, async () => {
          const turn = await turns.take()
          if ('retryAfterMs' in turn) return refuseBusy(reply, turn.retryAfterMs)
          using _ = turn
          const { token } = request
          const response = await graphql.handleNodeRequestAndResponse(request, reply, { token })
          reply.status(response.status).headers(Object.fromEntries(response.headers))
          return reply.send(await response.text())
        }),
      ),
  })
  server.route({
    method: 'GET',
    url: '/residency-ledger',
    onRequest: authorize,
    handler: (_request, reply) =>
      reply.headers(LEDGER_HEADERS).send(Readable.from(exportLedger(sql), { objectMode: false })),
  })
  server.route(enrolmentRoute({ sql, logger, meter, issuer, now }))
  return server
}

const NO_BOUND = createTurns(boundsOf())

const LEDGER_HEADERS = {
  'content-type': 'application/jsonl',
  'content-disposition': 'attachment; filename="residency-ledger.jsonl"',
}

/** A person's browser that opens the address, not a program that asks for data. */
function isBrowser({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && Boolean(headers.accept?.includes('text/html'))
}

function parentOf({ headers }: FastifyRequest): string | undefined {
  const { traceparent } = headers
  return typeof traceparent === 'string' ? traceparent : undefined
}
