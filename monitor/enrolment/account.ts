import { getCACertificates } from 'node:tls'
import type { RunningProcess } from '@platen/telemetry'
import type { XmppOptions } from '../xmpp/index.ts'
import { enrol } from './enrol.ts'
import type { KeptEnrolment } from './files.ts'
import type { EnrolWay, Way } from './way.ts'

/**
 * The account by which the monitor reports, from the settings or by enrolling. Until it is there, /readyz says that
 * `enrolment` is not ready. When the process stops before, it never comes.
 */
export async function openAccount(
  way: Way,
  directory: string,
  process: Pick<RunningProcess<unknown>, 'logger' | 'health' | 'onStop'>,
): Promise<XmppOptions> {
  if (way.kind === 'by-hand') return way.account
  const { logger, health, onStop } = process
  const stopping = new AbortController()
  onStop('the enrolment', () => stopping.abort())
  health.ready('enrolment', false)
  const enrolment = await enrol({ way, directory, logger }, stopping.signal)
  if (!enrolment) return await new Promise<never>(() => undefined) // the process is about to end
  health.ready('enrolment', true)
  return accountOf(enrolment, way)
}

export function accountOf(
  { user, password, domain, xmppPort, certificateAuthority }: KeptEnrolment,
  { host = domain, port = xmppPort, authority }: EnrolWay,
): XmppOptions {
  const ca = trustedBy(certificateAuthority, authority)
  return { host, port, domain, user, password, ...(ca && { ca }) }
}

/**
 * The region's own authority alone, where it has one, and the one in PLATEN_ENROL_CA_FILE: that can follow when the
 * region's changes. Undefined: those that Node trusts.
 */
function trustedBy(ofRegion: string | null, ofSettings: string | undefined): string | undefined {
  if (ofRegion !== null) return [ofRegion, ofSettings ?? ''].join('\n')
  return ofSettings && [...getCACertificates('default'), ofSettings].join('\n')
}
