import { readRows, unknownElement } from './content.ts'
import { childElements, mustBe, NO_ATTRIBUTES, readAttributes } from './element.ts'
import { CodecError } from './error.ts'
import { RECEIPT, REFUSED, REPORT, reportKey, SECTIONS } from './format.ts'
import { epoch, positive } from './kinds.ts'
import { LIMITS, NAMESPACE } from './limits.ts'
import type { Receipt, Refusal, Report } from './report.ts'
import { checkParts } from './rules.ts'
import { tidyReason } from './text.ts'
import type { XmlElement } from './xml.ts'

/** Every report of a batch is in one of the two lists, in the batch's order. */
export interface DecodedBatch {
  reports: Report[]
  /** Reports that are malformed, with the path of the first offender. */
  refused: Refusal[]
}

/**
 * Reads a `<batch>`. A malformed report is refused by itself.
 *
 * @throws {CodecError} when the batch as a whole can't be answered: something else than reports in it, none or too
 * many, or a report whose epoch or sequence number can't be read or occurs twice.
 */
export function decodeBatch(batch: XmlElement): DecodedBatch {
  checkRoot(batch, 'batch')
  readAttributes(NO_ATTRIBUTES, batch, 'batch')
  const elements = childElements(batch, 'batch')
  if (elements.length < 1 || elements.length > LIMITS.reportsPerBatch) {
    throw new CodecError('decode', 'batch', `it must have 1 to ${LIMITS.reportsPerBatch} reports`)
  }
  const decoded: DecodedBatch = { reports: [], refused: [] }
  const seen = new Set<string>()
  for (const [index, element] of elements.entries()) {
    const path = `batch/report[${index + 1}]`
    const identity = readIdentity(element, path)
    const key = reportKey(identity)
    if (seen.has(key)) throw new CodecError('decode', path, 'it repeats an earlier epoch and seq')
    seen.add(key)
    decodeInto(decoded, element, identity)
  }
  return decoded
}

/**
 * Reads the answer to a batch.
 *
 * @throws {CodecError} when it is anything else than a receipt.
 */
export function decodeReceipt(receipt: XmlElement): Receipt {
  checkRoot(receipt, 'receipt')
  const head = readAttributes(RECEIPT, receipt, 'receipt')
  return { ...head, refused: readRows(REFUSED, receipt, 'receipt') }
}

function checkRoot(element: XmlElement, name: string): void {
  if (element.name !== name) throw unknownElement(element, '')
  if (element.attrs.xmlns === NAMESPACE) return
  throw new CodecError('decode', `${name}/@xmlns`, `it must be ${NAMESPACE}`)
}

type Identity = Pick<Report, 'epoch' | 'seq'>

/** Without both of them nothing could be said about the report in a receipt. */
function readIdentity(element: XmlElement, path: string): Identity {
  if (element.name !== 'report') throw unknownElement(element, 'batch')
  const identity = {
    epoch: epoch.read(element.attrs.epoch ?? ''),
    seq: positive.read(element.attrs.seq ?? ''),
  }
  if (identity.epoch === undefined) throw mustBe('decode', `${path}/@epoch`, epoch)
  if (identity.seq === undefined) throw mustBe('decode', `${path}/@seq`, positive)
  return { epoch: identity.epoch, seq: identity.seq }
}

function decodeInto(decoded: DecodedBatch, element: XmlElement, identity: Identity): void {
  try {
    decoded.reports.push(decodeReport(element))
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    decoded.refused.push({ ...identity, code: 'malformed', reason: tidyReason(error.message) })
  }
}

function decodeReport(element: XmlElement): Report {
  const report: Report = readAttributes(REPORT, element, 'report')
  for (const child of childElements(element, 'report')) {
    const section = SECTIONS.find(one => one.name === child.name)
    if (section === undefined) throw unknownElement(child, 'report')
    if (report[section.name] !== undefined) {
      throw new CodecError('decode', `report/${section.name}`, 'it must occur only once')
    }
    section.read(child, report)
  }
  checkParts('decode', report)
  return report
}
