import { createHash, randomBytes } from 'node:crypto'
import { symbolsOf } from '@platen/protocol'
import { SettingsError } from '@platen/telemetry'
import type { Log } from '../log.ts'
import { createTrouble } from '../sender/index.ts'
import { type BackoffRange, backoff, pause } from '../xmpp/index.ts'
import type { Answer } from './answer.ts'
import { ask, explain } from './ask.ts'
import {
  type KeptEnrolment,
  type KeptRequest,
  readEnrolment,
  readRequest,
  writeEnrolment,
  writeRequest,
} from './files.ts'
import type { EnrolWay } from './way.ts'

export interface EnrolOptions {
  way: EnrolWay
  /** Where the account is kept. */
  directory: string
  logger: Log
  /** Pauses (ms) between attempts; default 1 to 60 s. */
  times?: BackoffRange
}

const TIMES: BackoffRange = { first: 1_000, longest: 60_000 }

/**
 * The account that is kept, unless there is a code that it was not got with: then, and where there is none, the code is
 * traded for one, however long that takes. Undefined: the signal was aborted before.
 *
 * @throws {SettingsError} where the code is refused, or is needed and not there.
 * @throws {EnrolmentError} where the account cannot be read or kept.
 */
export async function enrol(
  options: EnrolOptions,
  signal: AbortSignal,
): Promise<KeptEnrolment | undefined> {
  const { way, directory, logger } = options
  const kept = readEnrolment(directory)
  if (kept === 'damaged') {
    logger.error('the account that was kept is damaged and moved aside; enrolling again')
  }
  const account = kept === 'damaged' ? undefined : kept
  const { code } = way
  if (code === undefined) {
    if (account) return account
    throw new SettingsError('PLATEN_ENROL_CODE is not set')
  }
  const codeHash = hashOf(code)
  if (account?.codeHash === codeHash) return account
  const request = requestFor(codeHash, directory)
  const answer = await untilAnswered({ ...options, code, request }, signal)
  if (!answer) return undefined
  if (answer.kind === 'refused') {
    throw new SettingsError(`PLATEN_ENROL_CODE is refused: ${answer.reason}`)
  }
  const enrolment = { ...request, ...answer.enrolled }
  writeEnrolment(directory, enrolment)
  logger.info('enrolled')
  return enrolment
}

/**
 * The password is on disk before anybody hears of it. With the same code it is the same: so the server knows that it is
 * the same monitor, whose answer was lost.
 */
function requestFor(codeHash: string, directory: string): KeptRequest {
  const before = readRequest(directory)
  if (before?.codeHash === codeHash) return before
  const request = { codeHash, password: randomBytes(32).toString('base64url') }
  writeRequest(directory, request)
  return request
}

type Settled = Exclude<Answer, { kind: 'trouble' }>

async function untilAnswered(
  {
    way,
    code,
    request,
    logger,
    times = TIMES,
  }: EnrolOptions & { code: string; request: KeptRequest },
  signal: AbortSignal,
): Promise<Settled | undefined> {
  const trouble = createTrouble(logger)
  const { url, authority } = way
  const { password } = request
  for (let failures = 1; !signal.aborted; failures++) {
    const answer = await attempt({ url, authority, code, password }, signal)
    if (answer.kind !== 'trouble') return answer
    if (signal.aborted) break
    trouble.tell(`cannot enrol: ${answer.reason}; trying again`)
    await pause(backoff(failures, times), signal)
  }
  return undefined
}

async function attempt(...[options, signal]: Parameters<typeof ask>): Promise<Answer> {
  try {
    return await ask(options, signal)
  } catch (error) {
    return { kind: 'trouble', reason: explain(error) }
  }
}

function hashOf(code: string): string {
  return createHash('sha256').update(symbolsOf(code)).digest('hex')
}
