import fc from 'fast-check'
import { parse } from 'ltx'
import { describe, expect, it } from 'vitest'
import { reports } from './arbitrary.support.ts'
import { CodecError, decodeBatch, encodeBatch, encodeReport, LIMITS, parseXml } from './index.ts'

describe('parseXml', () => {
  it('reads elements, attributes and text', () => {
    expect(parseXml(`<a b="1" c='2'>x<d/>y</a>`)).toEqual({
      name: 'a',
      attrs: { b: '1', c: '2' },
      children: ['x', { name: 'd', attrs: {}, children: [] }, 'y'],
    })
  })

  it('knows the five entities of XML and numeric references', () => {
    expect(parseXml('<a b="&amp;&lt;&gt;&quot;&apos;&#233;&#x1F5A8;"/>').attrs.b).toBe(
      `&<>"'é\u{1f5a8}`,
    )
  })

  it.each([
    ['nothing', ''],
    ['no element', '   '],
    ['two roots', '<a/><b/>'],
    ['text beside the root', '<a/>x'],
    ['an open element', '<a><b></a>'],
    ['an attribute that occurs twice', '<a b="1" b="2"/>'],
    ['an attribute without quotation marks', '<a b=1/>'],
    ['a comment', '<a><!-- x --></a>'],
    ['a processing instruction', '<a><?php x ?></a>'],
    ['an XML declaration', '<?xml version="1.0"?><a/>'],
    ['a DTD', '<!DOCTYPE a><a/>'],
    ['an entity declaration', '<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'],
    ['an external entity', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
    ['CDATA', '<a><![CDATA[x]]></a>'],
    ['an entity of HTML', '<a>&nbsp;</a>'],
    ['an entity named like a property of all objects', '<a>&constructor;&toString;</a>'],
    ['a reference to no character', '<a>&#0;</a>'],
    ['a reference to half a surrogate pair', '<a>&#xD800;</a>'],
    ['a control character', '<a>\u0001</a>'],
    ['half a surrogate pair', '<a b="\ud800"/>'],
    [
      'elements too deep',
      '<a>'.repeat(LIMITS.documentDepth + 1) + '</a>'.repeat(LIMITS.documentDepth + 1),
    ],
    ['too many characters', `<a>${' '.repeat(LIMITS.documentCharacters)}</a>`],
  ])('refuses %s', (_, xml) => {
    expect(() => parseXml(xml)).toThrow(CodecError)
    expect(() => parseXml(xml)).toThrow('cannot decode document: it ')
  })

  it('takes elements as deep as allowed', () => {
    const { documentDepth: depth } = LIMITS
    expect(parseXml('<a>'.repeat(depth) + '</a>'.repeat(depth)).name).toBe('a')
  })
})

describe('whatever comes, nothing but a CodecError is thrown', () => {
  it('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        onlyCodecErrors(() => decodeBatch(parseXml(Buffer.from(bytes).toString('latin1'))))
      }),
      { numRuns: 500 },
    )
  })

  it('random characters of markup', () => {
    const markup = fc.string({
      unit: fc.constantFrom(
        ...'<>/="\'&#;![]-? abx1\u00e9\ud800\u0000',
        '&constructor;',
        '<report ',
        ' seq="1"',
      ),
      maxLength: 60,
    })
    fc.assert(
      fc.property(markup, text => {
        onlyCodecErrors(() => decodeBatch(parseXml(text)))
        onlyCodecErrors(() =>
          decodeBatch(parseXml(`<batch xmlns="urn:platen:report:1">${text}</batch>`)),
        )
      }),
      { numRuns: 500 },
    )
  })

  const edit = fc.record({
    kind: fc.constantFrom('drop', 'repeat', 'insert', 'move'),
    at: fc.nat(),
    length: fc.integer({ min: 1, max: 40 }),
    insert: fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('<', '>', '"', '/>', '&', ' user="x"', '<job/>'),
    ),
  })

  it('valid documents with characters and attributes dropped, repeated, inserted and moved', () => {
    fc.assert(
      fc.property(reports, fc.array(edit, { minLength: 1, maxLength: 5 }), (all, edits) => {
        const text = edits.reduce(mutate, encodeBatch(all.map(encodeReport)))
        onlyCodecErrors(() => decodeBatch(parseXml(text)))
        const tree = lenientTree(text)
        if (tree !== undefined) onlyCodecErrors(() => decodeBatch(tree))
      }),
      { numRuns: 500 },
    )
  })

  it('what is taken after such a change encodes to the same report: nothing passes half understood', () => {
    fc.assert(
      fc.property(reports, edit, (all, one) => {
        const taken = decodedOrNothing(mutate(encodeBatch(all.map(encodeReport)), one))
        if (taken.length === 0) return
        expect(decodeBatch(parseXml(encodeBatch(taken.map(encodeReport)))).reports).toEqual(taken)
      }),
      { numRuns: 500 },
    )
  })
})

function mutate(
  text: string,
  { kind, at, length, insert }: { kind: string; at: number; length: number; insert: string },
): string {
  const start = at % (text.length + 1)
  const [before, piece, after] = [
    text.slice(0, start),
    text.slice(start, start + length),
    text.slice(start + length),
  ]
  if (kind === 'drop') return before + after
  if (kind === 'repeat') return before + piece + piece + after
  if (kind === 'move') return after + piece + before
  return before + insert + piece + after
}

function onlyCodecErrors(deed: () => unknown): void {
  try {
    deed()
  } catch (error) {
    expect(error).toBeInstanceOf(CodecError)
  }
}

/** As xmpp.js would hand it over: its parser takes much that is not XML, and throws errors of its own. */
function lenientTree(text: string) {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

function decodedOrNothing(text: string) {
  try {
    return decodeBatch(parseXml(text)).reports
  } catch {
    return []
  }
}
