import { expect, it } from 'vitest'
import { sizeTable } from './table.ts'

it('sizes stand below each other, in millions of bytes', () => {
  const table = sizeTable([
    { reference: 'r/platen-api:1', bytes: 189_123_456, ownBytes: 56_900_000 },
    { reference: 'r/platen-xmpp:1', bytes: 61_100_000, ownBytes: 61_100_000 },
  ])
  expect(`\n${table}\n`).toBe(`
image                size       own
r/platen-api:1   189.1 MB   56.9 MB
r/platen-xmpp:1   61.1 MB   61.1 MB
`)
})
