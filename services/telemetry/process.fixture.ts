/** The processes that process.test.ts starts: the life that FIXTURE names, ended by a signal. */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { onShutdown, optional, runProcess, startTelemetry, text } from './index.ts'
import { traceparent, withRemoteParent } from './trace-context.ts'

const never = () => new Promise<void>(() => {})
/** Long enough for a signal that counts as a second request. */
const manySignals = async () => {
  for (let count = 0; count < 15; count++) await once(process, 'SIGTERM')
}
const stayAlive = () => setInterval(() => {}, 60_000)

if (process.env.FIXTURE === 'orphan') {
  const { logger } = await startTelemetry({ service: 'fixture' })
  await once(process, 'disconnect')
  onShutdown(logger, async () => {})
  stayAlive()
} else if (process.env.FIXTURE === 'late') {
  const { logger } = await startTelemetry({ service: 'fixture' })
  onShutdown(logger, never, { deadline: 50, pending: () => 'the pump' })
  stayAlive()
  logger.info('ready')
} else {
  const settings = { marker: optional(text('MARKER')), needed: text('NEEDED', { default: 'x' }) }
  await runProcess({ service: 'fixture', version: '1.2.3', settings }, async fixture => {
    const { logger, tracer, meter, health, onStop } = fixture
    const { marker } = fixture.settings
    if (marker) onStop('marker', () => writeFileSync(marker, 'stopped in order'))
    stayAlive()
    switch (process.env.FIXTURE) {
      case 'stuck':
        return onStop('the pump', never)
      case 'slow':
        return onStop('the pump', manySignals)
      case 'unstartable':
        throw new Error('connect ECONNREFUSED 10.1.2.3:5432')
      case 'crash':
        return void setTimeout(() => Promise.reject(new Error('boom')))
      case 'brief':
        return void setTimeout(() => process.kill(process.pid, 'SIGTERM'))
      case 'unready':
        return health.ready('database', false)
      default: {
        meter.createCounter('platen.fixture.commits').add(1)
        const poll = tracer.startActiveSpan('poll', span => {
          const parent = traceparent()
          span.end()
          return parent
        })
        withRemoteParent(poll, () =>
          tracer.startActiveSpan('commit', span => {
            logger.info({ sampled: poll !== undefined, serial: 'X1' }, 'committed')
            span.end()
          }),
        )
      }
    }
  })
}
