import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Passwords between the processes of one installation. Readable by its owner only; made once. */
export interface Secrets {
  componentSecret: string
  monitorPassword: string
  prosodyDatabasePassword: string
}

export function openSecrets(directory: string): Secrets {
  const file = join(directory, 'secrets.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const word = () => randomBytes(24).toString('base64url')
  const secrets = {
    componentSecret: word(),
    monitorPassword: word(),
    prosodyDatabasePassword: word(),
  }
  keep(file, JSON.stringify(secrets))
  return secrets
}

/** The API token as handed out at the first start; the database holds only its hash. */
export function keptToken(directory: string): string | undefined {
  const file = join(directory, 'api-token')
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

export function keepToken(directory: string, token: string): void {
  keep(join(directory, 'api-token'), token)
}

function keep(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true })
  renameSync(`${file}.new`, file)
}
