import { readFileSync } from 'node:fs'
import { preview } from './preview.ts'

// npm run render -- FILE...: prints what the Tenants in YAML files become, given the Regions in them.

// Whoever reads may stop early, as `head` does.
process.stdout.on('error', () => process.exit())

const files = process.argv.slice(2)
try {
  if (files.length === 0)
    throw new Error('cannot render nothing; give files with Regions and Tenants')
  process.stdout.write(preview(files.map(file => readFileSync(file, 'utf8'))))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
