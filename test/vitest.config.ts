import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  // Not `development`, which Node does not take either: graphql would be loaded twice, once in a build of its own.
  ssr: { resolve: { conditions: ['module', 'node'] } },
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['{operator,services,monitor,test}/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/images/**'], // npm run test:images
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', ['json', { outputFile: '.cache/vitest.json' }]],
    // Most tests wait for servers rather than compute; two at a time fill two cores.
    maxWorkers: 2,
    testTimeout: 30_000,
    // Starting Kubernetes takes 5 s on a quiet machine.
    hookTimeout: 120_000,
  },
})
