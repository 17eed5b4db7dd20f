import { runProcess } from '@platen/telemetry'
import { startOperator } from './operator.ts'
import { SETTINGS } from './settings.ts'

await runProcess({ service: 'operator', settings: SETTINGS }, async process => {
  const { settings, logger, meter, health, onStop } = process
  health.ready('leader', false)
  const operator = await startOperator({
    ...settings,
    logger,
    meter,
    onReady: isReady => health.ready('leader', isReady),
  })
  onStop('the operator', () => operator[Symbol.asyncDispose]())
})
