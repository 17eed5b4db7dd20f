import { runProcess } from '@platen/telemetry'
import { startMonitor, VERSION } from './monitor.ts'
import { SETTINGS } from './settings.ts'

await runProcess({ service: 'monitor', version: VERSION, settings: SETTINGS }, startMonitor)
