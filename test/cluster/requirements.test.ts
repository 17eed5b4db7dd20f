import { afterEach, expect, it, vi } from 'vitest'
import { requireRoot } from './requirements.ts'

const { platform } = process
afterEach(() => {
  vi.restoreAllMocks()
  Object.defineProperty(process, 'platform', { value: platform })
})

it.each([
  { name: 'a Mac', on: 'darwin' as const, uid: 0, why: 'on darwin: a node needs Linux; run it' },
  { name: 'somebody else', on: 'linux' as const, uid: 1000, why: 'a node needs root; run it as' },
])('$name is told in one sentence, with the way out', ({ on, uid, why }) => {
  Object.defineProperty(process, 'platform', { value: on })
  vi.spyOn(process, 'getuid').mockReturnValue(uid)
  expect(requireRoot).toThrow(
    RegExp(`^cannot make clusters.*${why}.*, or use .*--use-context A --use-context B$`),
  )
})
