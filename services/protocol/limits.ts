/** Bounds of the wire format, the same at both ends. Prosody closes a stream on a client stanza over 256 KiB. */
export const LIMITS = {
  /** Bytes of one encoded batch. */
  batchBytes: 200 * 1024,
  /** Bytes of one encoded report. */
  reportBytes: 64 * 1024,
  reportsPerBatch: 500,
  /** Rows of one section. */
  meters: 32,
  supplies: 128,
  trays: 64,
  incidents: 128,
  /** Unicode code points of one text value. */
  text: 255,
} as const

/** XML namespace of batches and receipts. */
export const NAMESPACE = 'urn:platen:report:1'
