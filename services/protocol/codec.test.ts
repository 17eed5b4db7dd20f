import fc from 'fast-check'
import { parse } from 'ltx'
import { describe, expect, it } from 'vitest'
import { receipt, report, reports } from './arbitrary.support.ts'
import {
  type DecodedBatch,
  decodeBatch,
  decodeReceipt,
  encodeBatch,
  encodeReceipt,
  encodeReport,
  parseXml,
  type Report,
  type XmlElement,
} from './index.ts'

const encode = (...some: Report[]) => encodeBatch(some.map(encodeReport))
const stored = (all: Report[]): DecodedBatch => ({ reports: all, refused: [] })

describe('what is encoded', () => {
  it('decodes to the same reports, in the same order', () => {
    fc.assert(
      fc.property(reports, all => {
        expect(decodeBatch(parseXml(encode(...all)))).toEqual(stored(all))
      }),
    )
  })

  it('decodes to the same reports when xmpp.js parsed it: the ingest gets elements of ltx', () => {
    fc.assert(
      fc.property(reports, all => {
        expect(decodeBatch(parse(encode(...all)))).toEqual(stored(all))
      }),
    )
  })

  it('decodes to the same reports with the namespace on every element: Prosody may repeat it', () => {
    fc.assert(
      fc.property(reports, all => {
        const batch = withNamespaceEverywhere(parseXml(encode(...all)))
        expect(decodeBatch(batch)).toEqual(stored(all))
      }),
    )
  })

  it('has no key for what is absent: absent means unchanged, undefined nothing', () => {
    const bare = { epoch: 'a', seq: 1, observedAt: '2026-11-23T08:00:00.000Z', device: 'p' }
    const [decoded] = decodeBatch(parseXml(encode(bare))).reports
    expect(Object.keys(decoded ?? {})).toEqual(['epoch', 'seq', 'observedAt', 'device'])
  })

  it('is printable ASCII: xmpp.js tears characters of several bytes apart', () => {
    fc.assert(
      fc.property(report, one => {
        expect(encodeReport(one)).toMatch(/^[ -~]+$/)
      }),
    )
  })

  it('holds for receipts as well', () => {
    fc.assert(
      fc.property(receipt, one => {
        expect(decodeReceipt(parseXml(encodeReceipt(one)))).toEqual(one)
        expect(encodeReceipt(one)).toMatch(/^[ -~]+$/)
      }),
    )
  })
})

function withNamespaceEverywhere(element: XmlElement): XmlElement {
  const children = element.children.map(child =>
    typeof child === 'string' ? child : withNamespaceEverywhere(child),
  )
  return { ...element, attrs: { ...element.attrs, xmlns: 'urn:platen:report:1' }, children }
}
