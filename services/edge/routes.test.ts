import { expect, it } from 'vitest'
import { parseRoutes } from './routes.ts'

it('reads hosts and namespaces', () => {
  const text = 'acme.de.example tenant-acme\numbrella.de.example tenant-umbrella\n# 2 routes\n'
  expect([...parseRoutes(text)]).toEqual([
    ['acme.de.example', 'tenant-acme'],
    ['umbrella.de.example', 'tenant-umbrella'],
  ])
})

it('takes a region without tenants', () => {
  expect(parseRoutes('# 0 routes\n').size).toBe(0)
})

it.each([
  { why: 'An empty file is not a file without routes.', text: '' },
  { why: 'The last line has no end: it may be a longer one.', text: 'a.b c\n# 1 routes' },
  { why: 'There are fewer than there should be.', text: 'a.b c\n# 2 routes\n' },
  { why: 'There are more than there should be.', text: 'a.b c\nd.e f\n# 1 routes\n' },
  { why: 'Hosts are written in lower case, as they are compared.', text: 'A.b c\n# 1 routes\n' },
  { why: 'A name without a domain is no host.', text: 'a c\n# 1 routes\n' },
  { why: 'A namespace is a DNS label.', text: 'a.b c.d\n# 1 routes\n' },
  { why: 'A third word means something that we do not know.', text: 'a.b c d\n# 1 routes\n' },
  { why: 'A host has one namespace.', text: 'a.b c\na.b d\n# 2 routes\n' },
  { why: 'A line feed of another system is part of the name.', text: 'a.b c\r\n# 1 routes\n' },
])('refuses: $why', ({ text }) => {
  expect(() => parseRoutes(text)).toThrow(/^cannot read the routes/)
})
