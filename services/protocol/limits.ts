/** Bounds of the wire format, the same at both ends. Prosody closes a stream on a client stanza over 256 KiB. */
export const LIMITS = {
  /** Bytes of the encoded reports of one batch together; the `<batch>` tags (under 50 bytes) come on top. */
  batchBytes: 200 * 1024,
  /** Bytes of one encoded report. */
  reportBytes: 64 * 1024,
  /** Characters of a whole document, and levels of its elements, that parseXml takes. */
  documentCharacters: 256 * 1024,
  documentDepth: 8,
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
