import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One thing that was seen on the real platform. */
export interface Evidence {
  /** A heading of docs/evidence.md; the file of the section is named by it. */
  section: string
  /** Where the section stands among the others. */
  order: number
  /** When it was seen: RFC 3339. */
  at: string
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
const FOLDER = join(PROJECT, '.cache/evidence')
const PAGE = join(PROJECT, 'docs/evidence.md')

/** Keeps what a test has seen, in place of what an earlier run saw of it, and writes the page anew. */
export function record(evidence: Omit<Evidence, 'at'>): void {
  mkdirSync(FOLDER, { recursive: true })
  const seen: Evidence = { ...evidence, at: new Date().toISOString() }
  const file = `${evidence.section.toLowerCase().replaceAll(/\W+/g, '-')}.json`
  writeFileSync(join(FOLDER, file), `${JSON.stringify(seen, null, 2)}\n`)
  writeFileSync(PAGE, pageOf(readdirSync(FOLDER).map(readEvidence)))
}

function readEvidence(file: string): Evidence {
  return JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))
}

/** docs/evidence.md. */
export function pageOf(all: Evidence[]): string {
  const sections = all.toSorted((a, b) => a.order - b.order).map(sectionOf)
  return [HEAD, ...sections].join('\n')
}

const HEAD = `# Evidence

Written by \`npm run test:e2e\`: what was seen on two real clusters (docs/cluster.md), with real pods and real traffic. Each
section tells when, and which command shows it again.
`

function sectionOf({ section, at, reason, command, table, notes = [] }: Evidence): string {
  const lines = [`## ${section}`, '', reason, '', `Seen ${at}: \`${command}\`.`, '']
  return [...lines, ...markdownTable(table), '', ...notes.map(note => `- ${note}`), ''].join('\n')
}

function markdownTable([head = [], ...rows]: Evidence['table']): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}

const escaped = (cell: string) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')
