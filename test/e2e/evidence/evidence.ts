import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Sections of docs/evidence.md, in their order. */
const SECTIONS = [
  'Isolation',
  'Credentials at another tenant',
  'Network policies',
  'Faults under load',
  'Upgrade under load',
  'Noisy neighbour',
  'Residency on the real thing',
  'Backup and restore',
  'CloudNativePG',
  'Day two',
  'Operations',
] as const

/** One thing that was seen on the real platform. */
export interface Evidence {
  section: (typeof SECTIONS)[number]
  /** When it was seen: RFC 3339. */
  at: string
  /** The commit that it was seen at. */
  version: string
  /** What is shown, and why it matters, in a sentence or two. */
  reason: string
  /** The command that shows it again. */
  command: string
  /** Rows of a table; the first is the head. */
  table: readonly (readonly string[])[]
  /** What else has to be known to read the table right. */
  notes?: readonly string[]
}

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))
const PAGE = `${PROJECT}docs/evidence.md`

/** Stands where nobody has told how the run ended: it was cut short, or runs. */
const OPEN = 'This run has not come to its end.'

/** Writes what a test has seen into docs/evidence.md, in place of what an earlier run saw of it. */
export function record(evidence: Omit<Evidence, 'at' | 'version'>): void {
  const seen = { ...evidence, at: new Date().toISOString(), version: versionOf(PROJECT) }
  writeFileSync(PAGE, withSection(read(), seen))
}

/** Writes how the run has ended into what it recorded: `verdict` is a sentence. */
export function recordVerdict(command: string, verdict: string): void {
  writeFileSync(PAGE, withVerdict(read(), command, verdict))
}

const read = () => (existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : HEAD)

/** What has been changed since the commit is told; documents do nothing. */
function versionOf(project: string): string {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', project, ...args], { encoding: 'utf8' })
  const commit = git('rev-parse', '--short=10', 'HEAD').trim()
  const isChanged = git('status', '--porcelain', '--', '.', ':!docs') !== ''
  return isChanged ? `${commit} and changes` : commit
}

/** The page with the section in its place; the others stay as they are. */
export function withSection(page: string, evidence: Evidence): string {
  const [, ...others] = page.split(/^(?=## )/m)
  const kept = others.filter(text => !isOf(text, evidence.section))
  const sections = [...kept.map(text => text.trimEnd()), sectionOf(evidence)]
  sections.sort((a, b) => placeOf(a) - placeOf(b))
  return `${[HEAD.trimEnd(), ...sections].join('\n\n')}\n`
}

/** The page with the verdict in the sections of that command whose run has not ended; others stay as they are. */
export function withVerdict(page: string, command: string, verdict: string): string {
  return page.replaceAll(`\`${command}\`. ${OPEN}`, `\`${command}\`. ${verdict}`)
}

const HEAD = `# Evidence

Written by \`npm run test:e2e\`: what was seen on two real clusters (docs/cluster.md), with real pods and real traffic. Each
section tells when, and which command shows it again.
`

const isOf = (text: string, title: string) => text.startsWith(`## ${title}\n`)

const placeOf = (text: string) => SECTIONS.findIndex(title => isOf(text, title))

function sectionOf(evidence: Evidence): string {
  const { section, at, version, reason, command, table, notes = [] } = evidence
  const seen = `Seen ${at} at ${version}: \`${command}\`. ${OPEN}`
  const paragraphs = [`## ${section}`, reason, seen, markdownTable(table)]
  if (notes.length > 0) paragraphs.push(notes.map(note => `- ${note}`).join('\n'))
  return paragraphs.join('\n\n')
}

function markdownTable([head = [], ...rows]: Evidence['table']): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

const escaped = (cell: string) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')
