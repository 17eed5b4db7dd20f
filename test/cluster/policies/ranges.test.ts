import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddress, parseAddress, parseBlock, type Range, subtract, union } from './ranges.ts'

const range = fc.tuple(fc.nat(40), fc.nat(10)).map(([from, length]): Range => [from, from + length])
const ranges = fc.array(range, { maxLength: 8 })

function members(of: readonly Range[]): number[] {
  const each = of.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i))
  return [...new Set(each)].sort((a, b) => a - b)
}

describe('ranges', () => {
  it('of a union hold what one of them holds, sorted and with gaps between', () => {
    fc.assert(
      fc.property(ranges, some => {
        const all = union(some)
        expect(members(all)).toEqual(members(some))
        for (const [i, [from]] of all.entries()) {
          const before = all[i - 1]
          if (before) expect(from).toBeGreaterThan(before[1] + 1)
        }
      }),
    )
  })

  it('less others hold what only the first hold', () => {
    fc.assert(
      fc.property(ranges, ranges, (some, others) => {
        const without = new Set(members(others))
        const rest = members(some).filter(each => !without.has(each))
        expect(members(subtract(union(some), others))).toEqual(rest)
      }),
    )
  })
})

describe('a block', () => {
  it.each([
    { why: 'a network', cidr: '10.1.0.0/16', want: ['10.1.0.0', '10.1.255.255'] },
    {
      why: 'an address inside of it names it too',
      cidr: '10.1.2.3/16',
      want: ['10.1.0.0', '10.1.255.255'],
    },
    { why: 'one host', cidr: '255.255.255.255/32', want: ['255.255.255.255', '255.255.255.255'] },
    { why: 'everything', cidr: '0.0.0.0/0', want: ['0.0.0.0', '255.255.255.255'] },
    { why: 'IPv6 is nobody here', cidr: '2001:db8::/64', want: undefined },
    { why: 'no block', cidr: '10.1.0.0', want: undefined },
    { why: 'longer than an address', cidr: '10.1.0.0/33', want: undefined },
  ])('$cidr: $why', ({ cidr, want }) => {
    expect(parseBlock(cidr)?.map(formatAddress)).toEqual(want)
  })

  it('has addresses that read as they were written', () => {
    fc.assert(
      fc.property(fc.ipV4(), text => {
        expect(formatAddress(parseAddress(text) ?? 0)).toBe(text)
      }),
    )
  })
})
