import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// npm run test:backup: needs root, runc and the image `platen-database`. See docs/testing.md.
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/backup/backup.cases.ts'],
    testTimeout: 600_000,
    hookTimeout: 3_600_000,
    bail: 1, // each case goes on where the one before ended
  },
})
