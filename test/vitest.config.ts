import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['{operator,services,monitor,test}/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', ['json', { outputFile: '.cache/vitest.json' }]],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
