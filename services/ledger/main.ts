import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type LedgerFile, readLedgerFile } from './file.ts'
import { type Keys, parseKeys } from './keys.ts'
import { reportOf } from './report.ts'
import { type VerifyOptions, verifyLedger } from './verify.ts'

const USAGE = `usage: npm run verify-ledger FILE -- [option ...]

Checks an exported residency ledger on this machine alone; docs/residency.md says what that proves.

  --keys KEYS.json  your own copy of the region's public keys (status.ledgerKeys of the Region)
  --head HASH       the newest hash that you were told (status.residency.head of the Tenant)
  --tenant NAME     whose ledger it must be (the name of the Tenant)
  --from N          the file is a part of the ledger that begins with entry N; without it, one that does not begin
                    with entry 1 was cut
  --help            print this

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
  verify: Pick<VerifyOptions, 'tenant' | 'head' | 'from'>
}

function main(): number {
  const options = readOptions()
  if (options === 'help') {
    print(USAGE)
    return 0
  }
  const ledger = readLedgerFile(read(options.file))
  const own = options.keys === undefined ? undefined : parseKeys(read(options.keys).toString())
  const keys = own ?? ledger.keys
  if (keys.size === 0) throw new Error('the file carries no keys: give your own with --keys')
  const { firstLine } = ledger
  const result = verifyLedger(ledger.lines, keys, { ...options.verify, firstLine })
  print(reportOf(result, options.verify))
  for (const notice of foreignKeys(ledger, own)) print(`notice: ${notice}`)
  if (!own) print(UNPROVEN)
  if (result.findings.some(({ severity }) => severity === 'error')) return 1
  return own ? 0 : 3
}

function readOptions(): Options | 'help' {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      keys: { type: 'string' },
      head: { type: 'string' },
      tenant: { type: 'string' },
      from: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  const { keys, head, tenant, from, help } = values
  if (help) return 'help'
  const [file, ...others] = positionals
  if (file === undefined || others.length > 0) throw new Error('give one file')
  const verify = {
    ...(head !== undefined && { head }),
    ...(tenant !== undefined && { tenant }),
    ...(from !== undefined && { from: sequence(from) }),
  }
  return { file, keys, verify }
}

function sequence(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new Error(`--from ${text} is no number of an entry: write 1, 2, 3, ...`)
}

/** npm runs scripts in the project's folder; paths are meant from where it was called. */
function read(path: string): Buffer {
  return readFileSync(resolve(process.env.INIT_CWD ?? '.', path))
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
