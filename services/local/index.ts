export { freePorts } from './ports.ts'
export { type Postgresql, startPostgresql } from './postgresql.ts'
export { type Prosody, type ProsodyOptions, startProsody } from './prosody.ts'
export { findProsody } from './prosody-install.ts'
