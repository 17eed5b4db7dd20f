export { GROUP, LANES, startIngest } from './ingest.ts'
export type { IngestSettings } from './settings.ts'
