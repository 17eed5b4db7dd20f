import { isOutage } from '@platen/database'
import { errorDetails, type Logger } from '@platen/telemetry'
import type { FastifyError, FastifyReply } from 'fastify'
import { UNAVAILABLE } from './errors.ts'

/** An answer in GraphQL's form. */
export function refuse(
  reply: FastifyReply,
  status: number,
  code: string,
  message: string,
): FastifyReply {
  return reply.status(status).send({ errors: [{ message, extensions: { code } }] })
}

/** RFC 6750: no error code for whoever gave no token at all. */
export function refuseUnknown(reply: FastifyReply, error?: 'invalid_token'): FastifyReply {
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

export function refuseForNow(reply: FastifyReply): FastifyReply {
  return refuse(
    reply.header('retry-after', '1'),
    429,
    'TOO_MANY_REQUESTS',
    'cannot look up the API token: too many unknown ones came just now; try again in a second',
  )
}

export function refuseBusy(reply: FastifyReply, retryAfterMs: number): FastifyReply {
  const seconds = Math.ceil(retryAfterMs / 1000)
  return refuse(
    reply.header('retry-after', `${seconds}`),
    429,
    'TOO_MANY_REQUESTS',
    `cannot answer now: more was asked than this tenant's API may compute; ask for less, or again in ${seconds} s`,
  )
}

export function refuseFailure(
  reply: FastifyReply,
  error: FastifyError,
  logger: Logger,
): FastifyReply {
  if (error.statusCode && error.statusCode < 500) {
    return refuse(
      reply,
      error.statusCode,
      'BAD_REQUEST',
      `cannot read the request: ${error.message}`,
    )
  }
  logger.error(errorDetails(error), 'cannot answer a request')
  if (isOutage(error)) return refuse(reply, 503, 'UNAVAILABLE', UNAVAILABLE)
  return refuse(
    reply,
    500,
    'INTERNAL_SERVER_ERROR',
    'The request failed, and the reason is in the log.',
  )
}
