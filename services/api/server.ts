import { SpanKind } from '@opentelemetry/api'
import { isOutage, type Sql, verifyApiToken } from '@platen/database'
import {
  errorDetails,
  type Logger,
  type Meter,
  type Tracer,
  withRemoteParent,
} from '@platen/telemetry'
import Fastify, {
  type FastifyError,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { UNAVAILABLE } from './errors.ts'
import { GRAPHIQL_HEADERS, graphiqlPage } from './graphiql.ts'
import { LIMITS } from './limits.ts'
import { inSpan } from './observe.ts'
import { bearerToken, rememberGoodTokens } from './tokens.ts'
import { createGraphql } from './yoga.ts'

export interface ServerParts {
  sql: Sql
  logger: Logger
  tracer: Tracer
  meter: Meter
  /** Milliseconds, for the life of remembered tokens. */
  now?: () => number
}

/**
 * The API over HTTP, not yet listening: POST and GET /graphql for whoever has a token, and GraphiQL for a browser, which
 * has none yet. Whatever is refused is answered in GraphQL's form, with a code.
 */
export function createServer({ sql, logger, tracer, meter, now }: ServerParts) {
  const server = Fastify({
    loggerInstance: logger,
    // Its lines would hold the callers' addresses.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: LIMITS.bodyBytes,
    requestTimeout: 10_000,
    forceCloseConnections: 'idle',
  })
  const graphql = createGraphql({ sql, logger, tracer, meter })
  const verify = rememberGoodTokens(token => verifyApiToken(sql, token), now)
  const duration = meter.createHistogram('http.server.request.duration', {
    unit: 's',
    description: 'HTTP requests',
  })

  server.setErrorHandler((error: FastifyError, _request, reply) => {
    if (error.statusCode && error.statusCode < 500) {
      return refuse(
        reply,
        error.statusCode,
        'BAD_REQUEST',
        `cannot read the request: ${error.message}`,
      )
    }
    logger.error(errorDetails(error), 'cannot answer a request')
    if (!isOutage(error)) {
      return refuse(
        reply,
        500,
        'INTERNAL_SERVER_ERROR',
        'The request failed, and the reason is in the log.',
      )
    }
    return refuse(reply, 503, 'UNAVAILABLE', UNAVAILABLE)
  })
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
      const token = bearerToken(request.headers.authorization)
      if (token === undefined) return refuseUnknown(reply)
      const owner = await verify(token)
      if (owner === 'later') return refuseForNow(reply)
      if (!owner) return refuseUnknown(reply, 'invalid_token')
    },
    handler: (request, reply) =>
      withRemoteParent(parentOf(request), () =>
        inSpan(tracer, `${request.method} /graphql`, SpanKind.SERVER, async () => {
          const response = await graphql.handleNodeRequestAndResponse(request, reply)
          reply.status(response.status).headers(Object.fromEntries(response.headers))
          return reply.send(await response.text())
        }),
      ),
  })
  return server
}

/** A person's browser that opens the address, not a program that asks for data. */
function isBrowser({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && Boolean(headers.accept?.includes('text/html'))
}

function parentOf({ headers }: FastifyRequest): string | undefined {
  const { traceparent } = headers
  return typeof traceparent === 'string' ? traceparent : undefined
}

/** RFC 6750: no error code for whoever gave no token at all. */
function refuseUnknown(reply: FastifyReply, error?: 'invalid_token'): FastifyReply {
  const challenge = error ? `Bearer realm="platen", error="${error}"` : 'Bearer realm="platen"'
  const why = error
    ? 'the API token is not known, has expired or was revoked'
    : 'there is no API token'
  return refuse(
    reply.header('www-authenticate', challenge),
    401,
    'UNAUTHENTICATED',
    `cannot let you in: ${why}; send the header "Authorization: Bearer TOKEN"`,
  )
}

function refuseForNow(reply: FastifyReply): FastifyReply {
  return refuse(
    reply.header('retry-after', '1'),
    429,
    'TOO_MANY_REQUESTS',
    'cannot look up the API token: too many unknown ones came just now; try again in a second',
  )
}

function refuse(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply.status(status).send({ errors: [{ message, extensions: { code } }] })
}
