import { describe, expect, it } from 'vitest'
import { decodeReceipt, encodeReceipt, LIMITS, parseXml } from './index.ts'

describe('receipts', () => {
  const refusal = { epoch: 'a', seq: 1, code: 'unacceptable' as const }

  it('take any reason, made plain: without a receipt the batch would come for ever', () => {
    const xml = encodeReceipt({
      stored: 0,
      refused: [{ ...refusal, reason: ` "é"\n${'<'.repeat(999)}` }],
    })
    expect(decodeReceipt(parseXml(xml)).refused[0]?.reason).toMatch(/^\?{255}$/)
  })

  it('stay within a stanza with as many refusals as a batch has reports, each as long as can be', () => {
    const refused = Array.from({ length: LIMITS.reportsPerBatch }, (_, i) => ({
      epoch: 'e'.repeat(36),
      seq: Number.MAX_SAFE_INTEGER - i,
      code: 'unacceptable' as const,
      reason: '&'.repeat(300),
    }))
    const xml = encodeReceipt({ stored: 0, refused })
    expect(xml.length).toBeLessThan(200_000)
    expect(decodeReceipt(parseXml(xml)).refused).toHaveLength(LIMITS.reportsPerBatch)
  })

  it.each([
    ['another root', '<batch xmlns="urn:platen:report:1"/>', 'batch'],
    ['no namespace', '<receipt stored="1"/>', 'receipt/@xmlns'],
    ['no count', '<receipt xmlns="urn:platen:report:1"/>', 'receipt/@stored'],
    [
      'another code',
      '<receipt xmlns="urn:platen:report:1" stored="0"><refused epoch="a" seq="1" code="busy" reason="r"/></receipt>',
      'receipt/refused[1]/@code',
    ],
  ])('are refused with %s', (_, xml, path) => {
    expect(() => decodeReceipt(parseXml(xml))).toThrow(
      expect.objectContaining({ name: 'CodecError', path }),
    )
  })
})
