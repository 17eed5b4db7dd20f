import { basename } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'
import { recordVerdict } from './evidence.ts'

/** Tests by how they ended, by name. */
export interface Ended {
  passed: string[]
  failed: string[]
  /** Also those that were left out by a filter. */
  skipped: string[]
}

/** Writes into docs/evidence.md how each file's tests ended: figures alone do not tell that a test did not accept them. */
export class VerdictReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      const name = basename(module.moduleId, '.e2e.ts')
      recordVerdict(`npm run test:e2e -- ${name}`, sentenceOf(endedIn(module)))
    }
  }
}

function endedIn(module: TestModule): Ended {
  const ended: Ended = { passed: [], failed: [], skipped: [] }
  for (const test of module.children.allTests()) {
    const { state } = test.result()
    ended[state === 'pending' ? 'skipped' : state].push(test.name)
  }
  for (const error of module.errors()) ended.failed.push(error.message)
  return ended
}

export function sentenceOf({ passed, failed, skipped }: Ended): string {
  const parts = [
    ...(failed.length > 0 ? [`**${failed.length} failed** (${failed.join('; ')})`] : []),
    `${passed.length} passed`,
    ...(skipped.length > 0 ? [`${skipped.length} left out`] : []),
  ]
  return `${parts.join(', ')}.`
}
