export { createPace, type Pace, type PaceOptions } from './pace.ts'
