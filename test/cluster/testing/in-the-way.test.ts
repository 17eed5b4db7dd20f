import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { tryLock } from '@platen/local'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { temporaryDirectory } from '../../support/directory.ts'
import { rememberContexts } from '../contexts/state.ts'
import { whatIsInTheWay } from './in-the-way.ts'

let directory: ReturnType<typeof temporaryDirectory>
const places = () => ({ home: join(directory.path, 'home'), lock: join(directory.path, 'lock') })

beforeEach(() => {
  directory = temporaryDirectory()
  vi.stubEnv('XDG_STATE_HOME', directory.path)
})
afterEach(() => {
  vi.unstubAllEnvs()
  directory[Symbol.dispose]()
})

it('nothing is in the way on a machine that has no clusters, however often it is asked', () => {
  expect(whatIsInTheWay(places())).toBeUndefined()
  expect(whatIsInTheWay(places())).toBeUndefined()
})

it('clusters are, whether they are on or off', () => {
  mkdirSync(places().home)
  expect(whatIsInTheWay(places())).toMatch(/home holds clusters; run npm run cluster -- down$/)
})

it('so is somebody who brings them up or down', () => {
  const lock = tryLock(places().lock)
  expect(whatIsInTheWay(places())).toMatch(/^npm run cluster is at work; wait/)
  lock?.release()
  expect(whatIsInTheWay(places())).toBeUndefined()
})

it("so is the platform in somebody's own clusters", () => {
  rememberContexts(['kind-a', 'kind-b'])
  expect(whatIsInTheWay(places())).toMatch(
    /contexts kind-a and kind-b; run npm run cluster -- down/,
  )
})
