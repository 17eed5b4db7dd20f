export { appendEntry, type Draft, type Head, type Signer } from './append.ts'
export { canonical, printable, type Value } from './canonical.ts'
export {
  type Declaration,
  type Entry,
  type Facts,
  NOTHING_BEFORE,
  type Places,
  timeOf,
  type Verdict,
} from './entry.ts'
export { type LedgerFile, readLedgerFile, writeLedgerFile } from './file.ts'
export type { Finding, FindingKind } from './findings.ts'
export { type Keys, keyIdOf, parseKeys } from './keys.ts'
export { hashOf, type Line, parseLine } from './line.ts'
export { reportOf } from './report.ts'
export { type Point, type Verification, type VerifyOptions, verifyLedger } from './verify.ts'
