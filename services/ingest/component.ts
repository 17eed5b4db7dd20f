import { encodeReceipt, type XmlElement } from '@platen/protocol'
import { errorDetails, type Logger } from '@platen/telemetry'
import type { Answer, Intake } from './intake.ts'
import { keepLink, type Link, type LinkOptions } from './link.ts'
import { errorIq, readStanza, resultIq } from './stanza.ts'

export interface ComponentOptions extends Pick<LinkOptions, 'service' | 'secret'> {
  /** Domain of the monitors' accounts; the component is `ingest.` before it. */
  domain: string
  intake: Intake
  onLink(isUp: boolean): void
  logger: Logger
}

/** XMPP around the intake: IQs in, their results and errors out. */
export function startComponent(options: ComponentOptions): Pick<Link, 'setReading' | 'close'> {
  const { service, secret, domain, intake, logger } = options
  let lastReason: string | undefined

  const link = keepLink({
    service,
    name: `ingest.${domain}`,
    secret,
    onStanza: stanza => void answer(stanza),
    onState(isUp, reason) {
      if (isUp) logger.info('connected to the XMPP server')
      else if (reason !== lastReason)
        logger.warn(`cannot be connected to the XMPP server: ${reason}; trying again`)
      lastReason = reason
      options.onLink(isUp)
    },
  })

  async function answer(stanza: XmlElement): Promise<void> {
    try {
      const request = readStanza(stanza, domain)
      if (request.kind === 'answer') link.send(request.xml)
      if (request.kind !== 'batch') return
      link.send(answerIq(stanza, await intake.receive(request.monitor, request.batch)))
    } catch (error) {
      logger.error(errorDetails(error), 'cannot answer an IQ')
      link.send(errorIq(stanza, 'internal-server-error'))
    }
  }

  return link
}

function answerIq(iq: XmlElement, answer: Answer): string {
  switch (answer.kind) {
    case 'receipt':
      return resultIq(iq, encodeReceipt(answer.receipt))
    case 'malformed':
      return errorIq(iq, 'bad-request', answer.reason)
    case 'wait':
      return errorIq(iq, WAIT_CONDITIONS[answer.cause], answer.reason)
  }
}

const WAIT_CONDITIONS = {
  overload: 'resource-constraint',
  database: 'internal-server-error',
} as const
