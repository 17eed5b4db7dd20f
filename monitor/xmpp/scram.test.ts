import { describe, expect, it } from 'vitest'
import { scramLogin } from './scram.ts'

/** The example of RFC 5802, section 5. */
const RFC = {
  nonce: 'fyko+d2lbbFgONRv9qkxdawL',
  serverFirst: 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
  final: 'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
  serverFinal: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
}

const login = () => scramLogin('user', 'pencil', RFC.nonce)

describe('SCRAM-SHA-1', () => {
  it('says what the example of RFC 5802 says', async () => {
    const { first, answer, isProof } = login()
    expect(first).toBe(`n,,n=user,r=${RFC.nonce}`)
    expect(await answer(RFC.serverFirst)).toBe(RFC.final)
    expect(isProof(RFC.serverFinal)).toBe(true)
  })

  it.each([
    ['another signature: it does not know the password', 'v=rmF9pqV8S7suAoZWja4dJRkFsKA='],
    ['no signature', ''],
    ['an error', 'e=other-error'],
  ])('does not trust a server with %s', async (_, serverFinal) => {
    const { answer, isProof } = login()
    await answer(RFC.serverFirst)
    expect(isProof(serverFinal)).toBe(false)
  })

  it('trusts nobody before there was a challenge', () => {
    expect(login().isProof('v=')).toBe(false)
  })

  it.each([
    ['a nonce that is not ours: an answer to somebody else', 'r=other,s=QSXCR+Q6sek8bf92,i=4096'],
    ['a nonce without its own part', `r=${RFC.nonce},s=QSXCR+Q6sek8bf92,i=4096`],
    ['too few rounds: a password that is easy to find', `r=${RFC.nonce}x,s=QSXCR+Q6sek8bf92,i=1`],
    ['rounds without end', `r=${RFC.nonce}x,s=QSXCR+Q6sek8bf92,i=999999999`],
    ['no salt', `r=${RFC.nonce}x,i=4096`],
    ['a mandatory extension', `m=ext,r=${RFC.nonce}x,s=QSXCR+Q6sek8bf92,i=4096`],
  ])('refuses %s', async (_, serverFirst) => {
    await expect(login().answer(serverFirst)).rejects.toThrow('cannot log in')
  })
})
