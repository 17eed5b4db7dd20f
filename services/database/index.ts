export { type ApiToken, createApiToken, verifyApiToken } from './api-token.ts'
export { type ConnectOptions, connect, type Query, type Sql, type Transaction } from './connect.ts'
export {
  ChangedMigrationError,
  NewerDatabaseError,
  TransientError,
} from './errors.ts'
export { migrate } from './migrate.ts'
export { ACCEPTED_DAYS, ensurePartitions, monthsAhead } from './partitions.ts'
export * from './queries/index.ts'
export { schemaVersion } from './schema-version.ts'
