import { writeRows } from './content.ts'
import { writeAttributes } from './element.ts'
import { CodecError } from './error.ts'
import { RECEIPT, REFUSED, REPORT, SECTIONS } from './format.ts'
import { LIMITS, NAMESPACE } from './limits.ts'
import type { Receipt, Report } from './report.ts'
import { checkParts } from './rules.ts'
import { tidyReason } from './text.ts'

/**
 * One `<report>` as ASCII XML, so its length is its bytes.
 *
 * @throws {CodecError} on whatever `decodeBatch` would refuse, and over LIMITS.reportBytes.
 */
export function encodeReport(report: Report): string {
  checkParts('encode', report)
  const head = writeAttributes(REPORT, report, 'report')
  const xml = `<report${head}>${SECTIONS.map(section => section.write(report)).join('')}</report>`
  if (xml.length <= LIMITS.reportBytes) return xml
  const why = `it has ${xml.length} bytes of at most ${LIMITS.reportBytes}; leave out or shorten rows`
  throw new CodecError('encode', 'report', why)
}

/**
 * What goes into one IQ: a `<batch>` of reports from `encodeReport`, in order.
 *
 * @throws {CodecError} on none, or more than LIMITS.reportsPerBatch or LIMITS.batchBytes.
 */
export function encodeBatch(reports: readonly string[]): string {
  if (reports.length < 1 || reports.length > LIMITS.reportsPerBatch) {
    throw new CodecError('encode', 'batch', `it must have 1 to ${LIMITS.reportsPerBatch} reports`)
  }
  const xml = reports.join('')
  if (xml.length <= LIMITS.batchBytes) return `<batch xmlns="${NAMESPACE}">${xml}</batch>`
  const why = `it has ${xml.length} bytes of at most ${LIMITS.batchBytes}; send fewer reports`
  throw new CodecError('encode', 'batch', why)
}

/**
 * The answer to a batch, at most 200 KB. A reason that the wire does not take is tidied rather than refused: without
 * the receipt the batch would come again and again.
 *
 * @throws {CodecError} on a count, epoch or code that `decodeReceipt` would refuse.
 */
export function encodeReceipt(receipt: Receipt): string {
  const head = writeAttributes(RECEIPT, receipt, 'receipt')
  const refused = receipt.refused.map(one => ({ ...one, reason: tidyReason(one.reason) }))
  return `<receipt xmlns="${NAMESPACE}"${head}>${writeRows(REFUSED, refused, 'receipt')}</receipt>`
}
