import { runProcess } from '@platen/telemetry'
import { startIngest } from './ingest.ts'
import { SETTINGS } from './settings.ts'

await runProcess({ service: 'ingest', settings: SETTINGS }, startIngest)
