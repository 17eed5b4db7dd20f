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
const cut = writeLedgerFile(ledger.slice(2), keysOf(key))

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
    args: ['f', '--keys', 'k', '--head', head, '--tenant', 'acme'],
    status: 0,
    says: /^tenant acme \(uid 6f1c1c1e-0000-4000-8000-000000000001\), region de, country DE\n5 signed entries, 1 to 5, 2026-11-01T00:00:00Z to 2026-11-05T00:00:00Z\nverified 5, violated 0, unknown 0\nhead [0-9a-f]{64}\nnothing speaks against this ledger\n$/,
  },
  {
    why: 'What has to be told to check everything is said.',
    files: { f: exported, k: statusOf(key) },
    args: ['f', '--keys', 'k'],
    status: 0,
    says: /notice: without --head[\s\S]*notice: without --tenant/,
  },
  {
    why: 'The ledger of another tenant proves nothing of the own one.',
    files: { f: exported, k: statusOf(key) },
    args: ['f', '--keys', 'k', '--tenant', 'beta'],
    status: 1,
    says: /error: entry 1 is of tenant acme in region de, not of beta/,
  },
  {
    why: 'A cut front is an error, also with the published head.',
    files: { f: cut, k: statusOf(key) },
    args: ['f', '--keys', 'k', '--head', head],
    status: 1,
    says: /error: the ledger begins with entry 3: entries 1 to 2 are missing/,
  },
  {
    why: 'A part is right for whoever asked for it.',
    files: { f: cut, k: statusOf(key) },
    args: ['f', '--keys', 'k', '--from', '3'],
    status: 0,
    says: /notice: this is a part of a ledger: entries before 3/,
  },
  {
    why: 'A part begins with a number.',
    files: { f: cut },
    args: ['f', '--from', '0'],
    status: 2,
    says: /--from 0 is no number of an entry/,
  },
  {
    why: 'Help is no failure, and names every option.',
    files: {},
    args: ['--help'],
    status: 0,
    says: /^usage: [\s\S]*--keys[\s\S]*--head[\s\S]*--tenant[\s\S]*--from[\s\S]*exit status/,
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
