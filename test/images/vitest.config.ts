import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// npm run test:images: builds first, which takes minutes. See docs/testing.md.
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/images/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 3_600_000,
  },
})
