import { migrate } from './migrate.ts'

// node services/database/main.ts migrate: brings the database at PLATEN_DATABASE_URL to the newest version.

const command = process.argv[2]
const url = process.env.PLATEN_DATABASE_URL

if (command !== 'migrate') fail(2, `"${command ?? ''}" is no command; give migrate`)
if (!url) fail(2, 'PLATEN_DATABASE_URL is not set')

try {
  const version = await migrate(url)
  process.stdout.write(`the database is at version ${version}\n`)
} catch (error) {
  fail(1, error instanceof Error ? error.message : String(error))
}

function fail(status: 1 | 2, why: string): never {
  const message = why.startsWith('cannot ') ? why : `cannot migrate: ${why}`
  process.stderr.write(`${message}\n`)
  process.exit(status)
}
