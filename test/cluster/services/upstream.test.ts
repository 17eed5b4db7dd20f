import { expect, it } from 'vitest'
import { agnhostIn } from './upstream.ts'

it('takes the names of agnhost, and of nothing that is called alike, from what e2e.test wants', () => {
  const list = `registry.example/e2e-test-images/busybox:1.37.0-2
registry.example/e2e-test-images/agnhost:2.66.1
registry.example/e2e-test-images/agnhost-other:1
registry.example/e2e-test-images/agnhost:2.55
`
  expect(agnhostIn(list)).toEqual([
    'registry.example/e2e-test-images/agnhost:2.66.1',
    'registry.example/e2e-test-images/agnhost:2.55',
  ])
})

it('a list without it is no list', () => {
  expect(() => agnhostIn('registry.example/busybox:1\n')).toThrow('names none')
})
