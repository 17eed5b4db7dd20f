import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type LedgerFile, readLedgerFile } from './file.ts'
import { type Keys, parseKeys } from './keys.ts'
import { type Verification, verifyLedger } from './verify.ts'

const USAGE = `usage: npm run verify-ledger FILE -- [--keys KEYS.json] [--head HASH]

Checks an exported residency ledger on this machine alone; docs/residency.md says what that proves.
  --keys  your own copy of the region's public keys (status.ledgerKeys of the Region)
  --head  the newest hash that you were told (status.residency.head of the Tenant)

exit status: 0 nothing speaks against it, 1 something does, 2 it could not be checked,
             3 nothing speaks against it, but the keys are the file's own
`

const UNPROVEN = `
ATTENTION: the keys come from the file itself. Whoever can write a file can put keys of their own into it: this run
proves only that the file agrees with itself. Check it again with --keys and a copy of the region's public keys that
you got in another way (docs/residency.md).
`

interface Options {
  file: string
  keys: string | undefined
  head: string | undefined
}

function main(): number {
  const options = readOptions()
  const ledger = readLedgerFile(read(options.file))
  const own = options.keys === undefined ? undefined : parseKeys(read(options.keys).toString())
  const keys = own ?? ledger.keys
  if (keys.size === 0) throw new Error('the file carries no keys: give your own with --keys')
  const result = verifyLedger(ledger.lines, keys, {
    firstLine: ledger.firstLine,
    ...(options.head !== undefined && { head: options.head }),
  })
  print(report(result, options))
  for (const notice of foreignKeys(ledger, own)) print(`notice: ${notice}`)
  if (!own) print(UNPROVEN)
  if (result.findings.some(({ severity }) => severity === 'error')) return 1
  return own ? 0 : 3
}

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { keys: { type: 'string' }, head: { type: 'string' } },
  })
  const [file, ...others] = positionals
  if (file === undefined || others.length > 0) throw new Error('give one file')
  return { file, keys: values.keys, head: values.head }
}

/** npm runs scripts in the project's folder; paths are meant from where it was called. */
function read(path: string): Buffer {
  return readFileSync(resolve(process.env.INIT_CWD ?? '.', path))
}

function report(result: Verification, { head }: Options): string {
  const { entries, from, to, verdicts, findings } = result
  const lines = findings.map(({ severity, message }) => `${severity}: ${message}`)
  if (from && to) {
    lines.push(
      `${entries} signed entries, ${from.sequence} to ${to.sequence}, ${from.at} to ${to.at}`,
      `verified ${verdicts.verified}, violated ${verdicts.violated}, unknown ${verdicts.unknown}`,
      `head ${to.hash}`,
    )
  }
  if (head === undefined) {
    lines.push('notice: without --head nobody can see whether newer entries were cut off')
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length
  lines.push(errors === 0 ? 'nothing speaks against this ledger' : `${errors} errors`)
  return lines.join('\n')
}

function foreignKeys(ledger: LedgerFile, own: Keys | undefined): string[] {
  if (!own) return []
  const others = [...ledger.keys.keys()].filter(id => !own.has(id))
  return others.map(
    id => `the file carries the key ${id}, which is not among yours; it was not used`,
  )
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

try {
  process.exitCode = main()
} catch (error) {
  process.stderr.write(`cannot verify: ${(error as Error).message}\n\n${USAGE}`)
  process.exitCode = 2
}
