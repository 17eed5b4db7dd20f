import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BerError,
  encode,
  integerBody,
  oidBody,
  parseOid,
  readElements,
  readInteger,
  readOid,
  TAG,
} from './ber.ts'

const arcs = fc
  .tuple(
    fc.integer({ min: 0, max: 2 }),
    fc.integer({ min: 0, max: 39 }),
    fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 20 }),
  )
  .map(([first, second, rest]) => [first, second, ...rest])

describe('BER', () => {
  it('reads every integer that it writes', () => {
    const n = fc.integer({ min: -(2 ** 47), max: 2 ** 47 - 1 })
    fc.assert(fc.property(n, n => readInteger(integerBody(BigInt(n))) === n))
  })

  it.each([
    { n: 127n, hex: '7f', why: 'one octet is enough' },
    { n: 128n, hex: '0080', why: 'a leading zero keeps it positive' },
    { n: -128n, hex: '80', why: 'the sign is in the first bit' },
    { n: 4294967295n, hex: '00ffffffff', why: 'Counter32 takes five octets' },
    { n: 2n ** 64n - 1n, hex: '00ffffffffffffffff', why: 'Counter64 takes nine' },
  ])('writes $n as $hex: $why', ({ n, hex }) => {
    expect(integerBody(n).toString('hex')).toBe(hex)
  })

  it('reads every object identifier that it writes', () => {
    fc.assert(
      fc.property(arcs, arcs => {
        expect(readOid(oidBody(arcs))).toEqual(arcs)
        expect(parseOid(arcs.join('.'))).toEqual(arcs)
      }),
    )
  })

  it.each(['1', '1.', '.1.3', '3.1', '1.40', '1.3.4294967296', '1.3.x', ''])(
    'refuses "%s" as an object identifier',
    dotted => {
      expect(() => parseOid(dotted)).toThrow(BerError)
    },
  )

  it.each([0, 127, 128, 255, 256, 65_000])('reads an element of %i octets', length => {
    const body = Buffer.alloc(length, 7)
    expect(readElements(encode(TAG.octetString, body))[0]?.body).toEqual(body)
  })

  it('throws nothing but BerError at random bytes: a datagram must not end the fleet', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), bytes => {
        try {
          readElements(Buffer.from(bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(BerError)
        }
      }),
    )
  })
})
