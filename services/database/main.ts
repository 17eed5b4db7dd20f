import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { expireReadings } from './expire.ts'
import { migrate } from './migrate.ts'
import { prepare } from './prepare.ts'
import { parseSites } from './site-list.ts'

const USAGE = `usage: node services/database/main.ts COMMAND

The database is the one at PLATEN_DATABASE_URL, postgres://USER:PASSWORD@HOST/DATABASE.

  migrate   Brings the schema to the newest version; a newer one that this version can use stays as it is.
  prepare   The same; then makes the roles platen_api, platen_ingest and platen_xmpp with the passwords in
            PLATEN_ROLE_API_PASSWORD, PLATEN_ROLE_INGEST_PASSWORD and PLATEN_ROLE_XMPP_PASSWORD and with just the
            privileges that they need, and the sites of the JSON list in the file PLATEN_SITES_FILE, if that is set:
            [{"name": "berlin", "displayName": "Berlin"}]. A site that the list lacks is kept and marked as not listed.
            PLATEN_TENANT, if that is set, is the tenant's name: the residency ledger of another one, whose backup
            the database was restored of, is taken out.
            PLATEN_API_PLATFORM_TOKEN, if that is set, becomes the one token for the API that is named platform.
            The URL is the owner's, who may create roles. A database that is away is waited for, for a minute.
  expire    Deletes readings from before the last N whole months: --months N, or PLATEN_RETENTION_MONTHS. Months count
            back from the newest reading. What was derived from readings, such as current meters and incidents, is kept.

Every command may be run again and again, and by several at once.

exit status: 0 done, 1 it failed, 2 the command or its settings are wrong
`

/** The command line or the environment is wrong. */
class UsageError extends Error {}

const COMMANDS = {
  async migrate() {
    say(`the database is at version ${await migrate(databaseUrl())}`)
  },
  async prepare() {
    const {
      PLATEN_SITES_FILE: sites,
      PLATEN_TENANT: tenant,
      PLATEN_API_PLATFORM_TOKEN: platformToken,
    } = process.env
    const options = {
      passwords: {
        platen_api: variable('PLATEN_ROLE_API_PASSWORD'),
        platen_ingest: variable('PLATEN_ROLE_INGEST_PASSWORD'),
        platen_xmpp: variable('PLATEN_ROLE_XMPP_PASSWORD'),
      },
      ...(sites && { sites: parseSites(readFileSync(sites, 'utf8')) }),
      ...(tenant && { tenant }),
      ...(platformToken && { platformToken }),
    }
    const version = await prepare(databaseUrl(), options)
    const count = options.sites ? `${options.sites.length} sites listed` : 'sites left as they are'
    say(`the database is at version ${version}, its roles are there, ${count}`)
  },
  async expire(option: string | undefined) {
    const months = monthsOf(option)
    const gone = await expireReadings(databaseUrl(), months)
    if (gone.length === 0) return say(`no readings are older than ${months} months`)
    for (const name of gone) say(`deleted ${name}`)
  },
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { months: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) return say(USAGE.trimEnd())
  const [command = '', ...rest] = positionals
  if (!isCommand(command)) {
    throw new UsageError(`"${command}" is no command; give ${Object.keys(COMMANDS).join(', ')}`)
  }
  if (rest.length > 0) throw new UsageError(`"${rest[0]}" means nothing here`)
  if (values.months !== undefined && command !== 'expire') {
    throw new UsageError('--months is for expire only')
  }
  await COMMANDS[command](values.months)
}

function isCommand(word: string): word is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, word)
}

function databaseUrl(): string {
  return variable('PLATEN_DATABASE_URL')
}

function variable(name: string): string {
  const value = process.env[name]
  if (value) return value
  throw new UsageError(`${name} is not set`)
}

function monthsOf(option: string | undefined): number {
  const text = option ?? variable('PLATEN_RETENTION_MONTHS')
  const months = Number(text)
  if (/^\d+$/.test(text) && months >= 1 && months <= 1200) return months
  throw new UsageError(`"${text}" is no number of months; give 1 to 1200`)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** What parseArgs throws is about the command line too. */
function isUsage(error: Error & { code?: unknown }): boolean {
  return error instanceof UsageError || String(error.code).startsWith('ERR_PARSE_ARGS')
}

try {
  await main()
} catch (cause) {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  const [command = 'start'] = process.argv.slice(2)
  const { message } = error
  const sentence = message.startsWith('cannot ') ? message : `cannot ${command}: ${message}`
  process.stderr.write(`${sentence}\n${isUsage(error) ? 'see --help\n' : ''}`)
  process.exitCode = isUsage(error) ? 2 : 1
}
