import { existsSync } from 'node:fs'
import { tryLock } from '@platen/local'
import { rememberedContexts } from '../contexts/state.ts'

/**
 * Why tests may make no clusters on this machine, and what to do about it: there are some already, on or off, or somebody
 * makes them now. They would be deleted with all that they hold.
 */
export function whatIsInTheWay({ home, lock }: { home: string; lock: string }): string | undefined {
  if (existsSync(home)) return `${home} holds clusters; run npm run cluster -- down`
  const contexts = rememberedContexts()?.join(' and ')
  if (contexts) return `the platform is in the contexts ${contexts}; run npm run cluster -- down`
  const held = tryLock(lock)
  held?.release()
  return held ? undefined : 'npm run cluster is at work; wait until it has ended, and run its down'
}
