import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isText, tidyText } from './text.ts'

describe('tidyText', () => {
  it.each([
    ['nothing but blanks is unknown', ' \t\u00a0\u0000', undefined],
    ['control characters part words', 'HP\u0000\u0000LaserJet\r\n', 'HP LaserJet'],
    [
      'what is too long is cut between code points',
      `${'\u{1f5a8}'.repeat(300)}`,
      '\u{1f5a8}'.repeat(255),
    ],
    ['half a surrogate pair goes', 'a\udc00b', 'a b'],
    ['a cut leaves no blank at the end', `${'a'.repeat(254)} b`, 'a'.repeat(254)],
  ])('%s', (_, text, want) => {
    expect(tidyText(text)).toBe(want)
  })

  it('makes any text one that the wire takes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { maxLength: 600 }), units => {
        const text = tidyText(String.fromCharCode(...units))
        expect(text === undefined || isText(text)).toBe(true)
      }),
    )
  })
})
