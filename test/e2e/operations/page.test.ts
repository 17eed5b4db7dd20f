import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { assignedIn, type Block, blocksOf, variablesIn } from './blocks.ts'
import { variables } from './variables.ts'

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))
const PAGE = 'docs/operations.md'
const text = readFileSync(join(PROJECT, PAGE), 'utf8')
const blocks = blocksOf(text)

const [given] = blocks
const defined = assignedIn(given?.script ?? '')
const all = blocks.map(block => block.script).join('\n')

/** The rest of the line behind each use, and of the lines that go on from it. */
function usesOf(command: RegExp): string[] {
  const lines = all.replace(/\\\n/g, ' ').split(/[\n|;]|\$\(/)
  return lines.map(line => command.exec(line)?.[1] ?? '').filter(line => line !== '')
}

const flagsIn = (line: string) => [...line.matchAll(/(?<=\s)--([a-z-]+)/g)].map(([, name]) => name)

describe(PAGE, () => {
  it.each(blocks)('line $line is written in the language of bash', ({ script }) => {
    execFileSync('bash', ['-n'], { input: script, stdio: ['pipe', 'ignore', 'pipe'] })
  })

  it.each(blocks)(
    'line $line uses only variables that it, or the first block, gives a value',
    ({ script }) => {
      const known = defined.union(assignedIn(script))
      expect([...variablesIn(script).difference(known)]).toEqual([])
    },
  )

  it.each(blocks)('line $line leaves nothing to be filled in', ({ script }) => {
    const known = defined.union(assignedIn(script)).union(new Set(['END']))
    const words = [...script.matchAll(/(?<![\w.'])[A-Z][A-Z_]{2,}\b(?!:)/g)].map(([word]) => word)
    expect(words.filter(word => !known.has(word))).toEqual([])
    expect(script).not.toMatch(/<[a-z]/)
  })

  it('says in its first block just the variables that the test sets', () => {
    expect(given?.notRun).toBeDefined()
    expect([...defined].sort()).toEqual(Object.keys(variables).sort())
  })

  it('says in sentences why some blocks are not run, and runs most', () => {
    const isRun = ({ notRun }: Block) => notRun === undefined
    expect(blocks.filter(isRun).length).toBeGreaterThan(25)
    for (const { notRun } of blocks.filter(block => !isRun(block))) {
      expect(notRun?.split(' ').length).toBeGreaterThan(3)
    }
  })

  it('gives kubectl platen commands and options that it has', () => {
    const uses = usesOf(/kubectl platen (.*)/)
    expect(uses.length).toBeGreaterThan(10)
    const commands = Map.groupBy(uses, use => use.split(' ')[0] ?? '')
    for (const [command, lines] of commands) {
      const args = ['operator/kubectl/main.ts', command, '--help']
      const help = execFileSync(process.execPath, args, { cwd: PROJECT, encoding: 'utf8' })
      const known = flagsIn(help)
      for (const line of lines) {
        expect(
          flagsIn(line).filter(flag => !known.includes(flag)),
          line,
        ).toEqual([])
      }
    }
  })

  it('sets values that the chart has', () => {
    const chart = join(PROJECT, 'charts/platen-operator/values.yaml')
    const values = parse(readFileSync(chart, 'utf8'))
    const keys = [...all.matchAll(/--set ([\w.]+)=/g)].map(([, key = '']) => key)
    expect(keys).toContain('image.tag')
    for (const key of keys) {
      const value = key.split('.').reduce((within, name) => within?.[name], values)
      expect(value, key).toBeDefined()
    }
  })

  it('names files of the project that are there', () => {
    const paths = [...all.matchAll(/\b(?:charts|docs)\/[\w./-]+/g)].map(([path]) => path)
    expect(paths.length).toBeGreaterThan(3)
    expect(paths.filter(path => !existsSync(join(PROJECT, path)))).toEqual([])
  })

  it('leads to pages and chapters that are there', () => {
    const links = [...text.matchAll(/\]\(([^):]+)\)/g)].map(([, link = '']) => link.split('#'))
    expect(links.length).toBeGreaterThan(20)
    const lost = links.filter(([path = '', anchor]) => {
      const file = path === '' ? join(PROJECT, PAGE) : join(PROJECT, dirname(PAGE), path)
      if (!existsSync(file)) return true
      return anchor !== undefined && !anchorsOf(readFileSync(file, 'utf8')).includes(anchor)
    })
    expect(lost.map(link => link.join('#'))).toEqual([])
  })
})

/** As GitHub makes them of headings. */
function anchorsOf(markdown: string): string[] {
  const headings = [...markdown.matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) => heading)
  return headings.map(heading =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}
