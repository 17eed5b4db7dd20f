import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { preview } from './preview.ts'

const USAGE = `usage: npm run --silent render -- FILE...

Prints what the Tenants in YAML files become, given the Regions in them. No cluster is asked.
`

// Whoever reads may stop early, as `head` does.
process.stdout.on('error', () => process.exit())

const files = process.argv.slice(2)
try {
  process.stdout.write(files.includes('--help') ? USAGE : render())
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}

function render(): string {
  if (files.length > 0) return preview(files.map(read))
  throw new Error('cannot render nothing; give files with Regions and Tenants')
}

/** npm runs scripts in the project's folder; paths are meant from where it was called. */
function read(path: string): string {
  try {
    return readFileSync(resolve(process.env.INIT_CWD ?? '.', path), 'utf8')
  } catch (cause) {
    throw new Error(`cannot read ${path}: ${(cause as Error).message}`, { cause })
  }
}
