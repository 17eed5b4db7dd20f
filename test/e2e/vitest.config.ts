import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { VerdictReporter } from './evidence/verdict.ts'

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/e2e/**/*.e2e.ts'],
    // They take long, and what they write down tells how they ended.
    reporters: ['verbose', new VerdictReporter()],
    // They share one platform, and load it.
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
})
