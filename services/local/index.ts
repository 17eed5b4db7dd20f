export { type Postgresql, startPostgresql } from './postgresql.ts'
