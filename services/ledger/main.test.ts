import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../../test/support/directory.ts'
import { readLedgerFile, writeLedgerFile } from './file.ts'
import { keysOf, ledgerOf, newKey, type TestKey } from './ledger.support.ts'
import { hashOf } from './line.ts'

const key = newKey()
const ledger = ledgerOf(5, key)
const head = hashOf(ledger.at(-1) ?? '')

/** As `kubectl get region NAME -o jsonpath={.status.ledgerKeys}` prints it. */
function statusOf({ keyId, publicKey }: TestKey): string {
  const pem = publicKey.export({ type: 'spki', format: 'pem' })
  return JSON.stringify([{ id: keyId, publicKey: pem, since: '2026-11-01T00:00:00Z' }])
}

function run(files: Record<string, string>, ...args: string[]) {
  using directory = temporaryDirectory()
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(directory.path, name), content)
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    env: { ...process.env, INIT_CWD: directory.path },
  })
  return { status, said: `${stdout}${stderr}` }
}

const exported = writeLedgerFile(ledger, keysOf(key))

it.each<{
  why: string
  files: Record<string, string>
  args: string[]
  status: number
  says: RegExp
}>([
  {
    why: 'With one own copy of the keys and the published head, everything can be checked.',
    files: { f: exported, k: statusOf(key) },
    args: ['f', '--keys', 'k', '--head', head],
    status: 0,
    says: /5 signed entries, 1 to 5[\s\S]*nothing speaks against this ledger/,
  },
  {
    why: 'Keys that come with the file are said loudly not to be a proof.',
    files: { f: exported },
    args: ['f'],
    status: 3,
    says: /without --head[\s\S]*ATTENTION: the keys come from the file itself/,
  },
  {
    why: 'A ledger signed by a key of its forger is not believed when one has the right key.',
    files: { f: exported, k: statusOf(newKey()) },
    args: ['f', '--keys', 'k'],
    status: 1,
    says: /error: entry 1 names the key[\s\S]*not among yours/,
  },
  {
    why: 'One changed letter is enough.',
    files: { f: exported.replace('"eu-de":5', '"eu-de":6'), k: statusOf(key) },
    args: ['f', '--keys', 'k'],
    status: 1,
    says: /error: entry 1 was changed/,
  },
  {
    why: 'A key in the header that is not what its name says is refused.',
    files: { f: exported.replace(key.keyId, newKey().keyId) },
    args: ['f'],
    status: 2,
    says: /cannot use the key/,
  },
  {
    why: 'A changed header is refused.',
    files: { f: exported.replace('"version":1}\n', '"version":1 }\n') },
    args: ['f'],
    status: 2,
    says: /its first line is no header/,
  },
  {
    why: 'Lines without a header need the keys.',
    files: { f: ledger.join('\n') },
    args: ['f'],
    status: 2,
    says: /give your own with --keys/,
  },
  {
    why: 'A file that is not there is said.',
    files: {},
    args: ['f'],
    status: 2,
    says: /ENOENT.*f/,
  },
  {
    why: 'Without a file there is the usage.',
    files: {},
    args: [],
    status: 2,
    says: /usage: npm run/,
  },
  {
    why: 'Keys that are no JSON are said.',
    files: { f: exported, k: 'PEM' },
    args: ['f', '--keys', 'k'],
    status: 2,
    says: /the keys: they are not JSON/,
  },
])('$why', ({ files, args, status, says }) => {
  const result = run(files, ...args)
  expect(result.said).toMatch(says)
  expect(result.status).toBe(status)
})

it('A written file is read back as it was.', () => {
  const file = readLedgerFile(Buffer.from(exported))
  expect(file).toMatchObject({ lines: ledger, firstLine: 2 })
  expect([...file.keys.keys()]).toEqual([key.keyId])
})

/** The block of docs/residency.md that starts with this comment. */
function documented(comment: string): string {
  const page = readFileSync(new URL('../../docs/residency.md', import.meta.url), 'utf8')
  const [, commands] = new RegExp(`\`\`\`sh\\n(# ${comment}[\\s\\S]*?)\`\`\``).exec(page) ?? []
  if (commands === undefined) throw new Error(`docs/residency.md has no block "# ${comment}"`)
  return commands
}

it.each([
  { why: 'The lines of the documentation check an entry without our program.', bad: false },
  { why: 'The lines of the documentation refuse a changed entry.', bad: true },
])('openssl: $why', ({ bad }) => {
  using directory = temporaryDirectory()
  const lines = bad ? exported.replaceAll('"eu-de":5', '"eu-de":6') : exported
  writeFileSync(join(directory.path, 'ledger.jsonl'), lines)
  const pem = key.publicKey.export({ type: 'spki', format: 'pem' })
  writeFileSync(join(directory.path, 'key.pem'), pem)
  const { stdout, status } = spawnSync('sh', ['-c', documented('Check entry 3 by hand')], {
    cwd: directory.path,
    encoding: 'utf8',
  })
  expect(stdout).toContain(
    bad ? 'Signature Verification Failure' : 'Signature Verified Successfully',
  )
  expect(status === 0).toBe(!bad)
  const chain = execFileSync('sh', ['-c', documented('Compare entry 3')], {
    cwd: directory.path,
    encoding: 'utf8',
  })
  const [hash, previous] = chain.trim().split('\n')
  expect(hash === previous).toBe(!bad)
})
