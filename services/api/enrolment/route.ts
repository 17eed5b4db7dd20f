import { enrolMonitor, type Sql } from '@platen/database'
import type { Logger, Meter } from '@platen/telemetry'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { limitRate } from '../limit-rate.ts'
import { LIMITS } from '../limits.ts'
import { refuse } from '../refusals.ts'
import type { Issuer } from './issuer.ts'

export interface EnrolmentParts {
  sql: Sql
  logger: Logger
  meter: Meter
  /** Absent: no monitors enrol here. */
  issuer: Issuer | undefined
  /** Milliseconds. */
  now: () => number
}

interface Body {
  code: string
  password: string
}

const BODY = {
  type: 'object',
  required: ['code', 'password'],
  properties: {
    code: { type: 'string', minLength: 1, maxLength: 100 },
    // Nobody guesses 32 random bytes, so a plain hash of them may be kept: see docs/decisions/019-enrolment.md.
    password: { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' },
  },
}

const REFUSALS = {
  unknown: {
    status: 403,
    code: 'CODE_UNKNOWN',
    why: 'there is no such code; look whether it is the whole code and the right address',
  },
  used: {
    status: 410,
    code: 'CODE_USED',
    why: 'another monitor has used the code; ask for a new one',
  },
  expired: {
    status: 410,
    code: 'CODE_EXPIRED',
    why: 'the code has expired; ask for a new one',
  },
} as const

/**
 * `POST /enrol` with `{"code", "password"}`: a monitor gets an account with the password that it has made for itself, where
 * and how to log in, and its licence. Who has no code learns nothing; who has one learns why it is worth nothing.
 */
export function enrolmentRoute(parts: EnrolmentParts) {
  const enrol = enroller(parts)
  const isAllowed = limitRate(LIMITS.enrolmentsPerSecond, parts.now)
  return {
    method: 'POST' as const,
    url: '/enrol',
    bodyLimit: LIMITS.enrolmentBytes,
    schema: { body: BODY },
    onRequest: async (_request: FastifyRequest, reply: FastifyReply) => {
      if (!parts.issuer) return refuse(reply, 404, 'NOT_FOUND', 'No monitors enrol here.')
      if (!isAllowed()) return refuseForNow(reply)
    },
    handler: enrol,
  }
}

function enroller({ sql, logger, meter, issuer }: EnrolmentParts) {
  const attempts = meter.createCounter('platen.enrolments', {
    description: 'Monitors that asked to be enrolled, by outcome',
  })
  return async (request: FastifyRequest, reply: FastifyReply) => {
    if (!issuer) throw new Error('cannot enrol: onRequest has refused that')
    // What may fail comes first, where it costs nobody a code.
    const certificateAuthority = await issuer.certificateAuthority()
    const { domain, xmppPort, licenceKey } = issuer
    const { code, password } = request.body as Body
    const enrolment = await enrolMonitor(sql, { code, password, host: domain })
    const { outcome } = enrolment
    attempts.add(1, { outcome })
    if (outcome !== 'enrolled') {
      const { status, code, why } = REFUSALS[outcome]
      return refuse(reply, status, code, `cannot enrol: ${why}`)
    }
    const { monitor, site } = enrolment
    logger.info('a monitor was enrolled')
    return reply.header('cache-control', 'no-store').send({
      user: monitor,
      domain,
      xmppPort,
      certificateAuthority,
      licence: await licenceKey.sign({ tenant: domain, monitor, site }),
      licencePublicKey: licenceKey.publicKey,
    })
  }
}

function refuseForNow(reply: FastifyReply): FastifyReply {
  return refuse(
    reply.header('retry-after', '1'),
    429,
    'TOO_MANY_REQUESTS',
    'cannot look up the code: too many came just now; try again in a second',
  )
}
