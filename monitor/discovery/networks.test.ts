import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countHosts, hosts, parseNetwork } from './networks.ts'

const list = (...texts: string[]) => [...hosts(texts.map(parseNetwork))]

describe('networks', () => {
  it.each([
    { text: '192.168.1.0/24', count: 254, first: '192.168.1.1', last: '192.168.1.254' },
    { text: '127.66.0.0/22', count: 1022, first: '127.66.0.1', last: '127.66.3.254' },
    { text: '10.0.0.0/16', count: 65_534, first: '10.0.0.1', last: '10.0.255.254' },
    { text: '10.0.0.4/30', count: 2, first: '10.0.0.5', last: '10.0.0.6' },
    { text: '10.0.0.4/31', count: 2, first: '10.0.0.4', last: '10.0.0.5' },
    { text: '10.0.0.4/32', count: 1, first: '10.0.0.4', last: '10.0.0.4' },
    { text: '255.255.255.255', count: 1, first: '255.255.255.255', last: '255.255.255.255' },
    { text: ' 192.168.1.7 ', count: 1, first: '192.168.1.7', last: '192.168.1.7' },
  ])('$text has $count hosts', ({ text, count, first, last }) => {
    const all = list(text)
    expect([all.length, all[0], all.at(-1)]).toEqual([count, first, last])
    expect(countHosts([parseNetwork(text)])).toBe(count)
  })

  it.each([
    { text: '10.0.0.0/15', why: 'larger than /16' },
    { text: '0.0.0.0/0', why: 'larger than /16' },
    { text: '192.168.1.5/24', why: 'did you mean 192.168.1.0/24?' },
    { text: '192.168.1/24', why: 'no IPv4 network' },
    { text: '192.168.1.256', why: 'no IPv4 network' },
    { text: '192.168.01.0/24', why: 'no IPv4 network' },
    { text: '192.168.1.0/33', why: 'no IPv4 network' },
    { text: '192.168.1.0/', why: 'no IPv4 network' },
    { text: '192.168.1.0/24/8', why: 'no IPv4 network' },
    { text: 'fe80::/64', why: 'no IPv4 network' },
    { text: '', why: 'no IPv4 network' },
  ])('"$text" is refused: $why', ({ text, why }) => {
    expect(() => parseNetwork(text)).toThrow(why)
  })

  it('asks no address twice, however the networks overlap', () => {
    expect(list('10.0.0.0/30', '10.0.0.0/29', '10.0.0.3/32')).toEqual([
      '10.0.0.1',
      '10.0.0.2',
      '10.0.0.3',
      '10.0.0.4',
      '10.0.0.5',
      '10.0.0.6',
    ])
  })

  it('reads any text, or refuses it with a sentence', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        try {
          parseNetwork(text)
        } catch (error) {
          expect(String(error)).toMatch(/^Error: cannot use the network .*: .*; /)
        }
      }),
    )
  })
})
