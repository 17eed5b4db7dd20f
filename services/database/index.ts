export {
  createMonitor,
  createSite,
  type MonitorAccount,
  setMonitorPassword,
} from './accounts.ts'
export { type ApiToken, createApiToken, revokeApiToken, verifyApiToken } from './api-token.ts'
export { type ArchiveState, archiveState } from './archive.ts'
export { type ConnectOptions, connect, type Query, type Sql, type Transaction } from './connect.ts'
export {
  createEnrolmentCode,
  type Enrolment,
  type EnrolmentCode,
  type EnrolmentRequest,
  enrolMonitor,
  type NewEnrolmentCode,
  revokeEnrolmentCode,
} from './enrolment.ts'
export {
  ChangedMigrationError,
  isOutage,
  isTransient,
  NewerDatabaseError,
  TransientError,
} from './errors.ts'
export { migrate } from './migrate.ts'
export { ACCEPTED_DAYS, ensurePartitions, monthsAhead } from './partitions.ts'
export { grantPrivileges, ROLES, type Role } from './privileges.ts'
export * from './queries/index.ts'
export type { ReceivedReport, WriteOutcome } from './reports/entry.ts'
export { rebuildCurrentState } from './reports/rebuild.ts'
export {
  createReportWriter,
  type ReceivedRefusal,
  type ReportWriter,
  type WriterOptions,
} from './reports/writer.ts'
export * from './residency-ledger.ts'
export { requireSchema } from './schema-version.ts'
