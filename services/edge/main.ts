import { runProcess } from '@platen/telemetry'
import { startEdge } from './edge.ts'
import { SETTINGS } from './settings.ts'

await runProcess({ service: 'edge', settings: SETTINGS }, startEdge)
