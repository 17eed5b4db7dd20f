import { writeFileSync } from 'node:fs'
import { readLedgerFile } from '@platen/ledger'
import { EDGE_OPTION } from '../api/options.ts'
import { type Call, type Command, onlyTenant, wrong } from '../command.ts'
import { Failure, messageOf, STATUS } from '../failure.ts'
import { homeOf, readTenant } from '../read.ts'
import { type Exported, exportLedger } from './source.ts'
import { verifyExport } from './verify.ts'

export const ledger: Command = {
  name: 'ledger',
  takes: 'TENANT',
  summary: "a tenant's residency ledger: exports and verifies it",
  about: `
Exports the residency ledger from the tenant's API, or where that does not answer the newest entries from the ConfigMap
residency-ledger, to --output or to standard output. With --verify it is checked on this machine against the keys and the head
that the Region and the Tenant publish, and printed only where --output names a file. docs/residency.md says what that proves;
keys and heads that you noted yourself, with npm run verify-ledger, prove more.`,
  options: {
    verify: { help: 'check signatures, chain and head' },
    output: { value: 'FILE', help: 'where the export goes (-o)' },
    ...EDGE_OPTION,
  },
  statuses: {
    wrong: 'something speaks against the ledger',
    open: 'nothing does, but the keys are those of the file itself',
  },
  run,
}

async function run({ world, names, given }: Call): Promise<number> {
  const name = onlyTenant(ledger, names)
  const output = given.text('output')
  if (output === '') throw wrong(ledger, '--output needs a FILE')
  const verifies = given.flag('verify')
  const tenant = await readTenant(world, name)
  const home = await homeOf(world, tenant)
  const exported = await exportLedger(world, { tenant, home, edge: given.text('edge') })
  const { terminal } = world
  terminal.tell(originOf(exported))
  if (output !== undefined) save(output, exported.content)
  else if (!verifies) process.stdout.write(exported.content)
  if (!verifies) return STATUS.done
  const { report, status } = verifyExport(exported, { tenant, region: home.region.value })
  terminal.print(report)
  return status
}

function originOf({ content, from, begins, why }: Exported): string {
  const count = countOf(content)
  const entries = `${count} ${count === 1 ? 'entry' : 'entries'}`
  if (why === undefined) return `${entries}, the whole ledger, from ${from}`
  return `the newest ${entries}${begins === undefined ? '' : `, from entry ${begins} on`}, from ${from}, because of the API: ${why}`
}

function countOf(content: Buffer): number | string {
  try {
    return readLedgerFile(content).lines.length
  } catch {
    return '?'
  }
}

function save(file: string, content: Buffer): void {
  try {
    writeFileSync(file, content)
  } catch (cause) {
    throw new Failure(`cannot write ${file}: ${messageOf(cause)}; name another one with --output`, {
      cause,
    })
  }
}
