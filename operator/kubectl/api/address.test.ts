import { describe, expect, it } from 'vitest'
import { parseAddress } from './address.ts'

describe('--edge', () => {
  it.each([
    ['edge.example', { host: 'edge.example', port: 443 }],
    ['127.0.0.1:8443', { host: '127.0.0.1', port: 8443 }],
    ['[2001:db8::1]:8443', { host: '2001:db8::1', port: 8443 }],
  ])('%s', (text, want) => {
    expect(parseAddress(text)).toEqual(want)
  })

  it.each(['', 'https://edge.example', 'edge:0', 'edge:70000', '2001:db8::1', 'edge:x'])(
    '%j is refused',
    text => {
      expect(() => parseAddress(text)).toThrow(/cannot read --edge/)
    },
  )
})
