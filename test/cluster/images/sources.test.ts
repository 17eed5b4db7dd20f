import { expect, it } from 'vitest'
import { sourcesFrom } from './sources.ts'

const APT = `Example noble http://mirror.example/example/
Debian bookworm-security http://mirror.example/debian-security/
Debian bookworm-updates http://mirror.example/debian/
Debian bookworm http://mirror.example/debian/
`

it("takes the machine's own mirror of Debian, and security updates where the machine has them for that release", () => {
  expect(sourcesFrom(APT, 'bookworm')).toEqual({
    mirror: 'http://mirror.example/debian/',
    lines: [
      'deb http://mirror.example/debian/ bookworm main',
      'deb http://mirror.example/debian-security/ bookworm-security main',
      '',
    ],
  })
  expect(sourcesFrom(APT, 'forky').lines).toEqual([
    'deb http://mirror.example/debian/ forky main',
    '',
  ])
})

it('a machine without a mirror of Debian is told what to do', () => {
  expect(() => sourcesFrom('Example noble http://mirror.example/', 'bookworm')).toThrow('--base')
})
