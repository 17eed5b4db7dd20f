/** The wire format between monitor and ingest: docs/protocol.md describes it. */
export { type DecodedBatch, decodeBatch, decodeReceipt } from './decode.ts'
export { encodeBatch, encodeReceipt, encodeReport } from './encode.ts'
export { CodecError } from './error.ts'
export { LIMITS, NAMESPACE } from './limits.ts'
export { parseXml } from './parse-xml.ts'
export * from './report.ts'
export { tidyText } from './text.ts'
export type { XmlElement } from './xml.ts'
