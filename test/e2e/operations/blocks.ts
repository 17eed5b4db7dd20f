/** A block of shell commands of a page. */
export interface Block {
  /** The nearest heading above it. */
  chapter: string
  /** Of the page, where its first command stands. */
  line: number
  script: string
  /** Why it is not run; absent: it is. */
  notRun?: string
}

const HEADING = /^#{2,} +(.+)$/
const FENCE = /^```(\S*) *(.*)$/
const NOT_RUN = /^not-run: (\S.*\S)$/

/**
 * The blocks marked `sh` of a page in Markdown, in order. Behind `sh` stands nothing, or `not-run: REASON`.
 * @throws where something else stands there, or a block does not end.
 */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = []
  const lines = page.split('\n')
  let chapter = ''
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    chapter = HEADING.exec(line)?.[1] ?? chapter
    const [, language, words = ''] = FENCE.exec(line) ?? []
    if (language === undefined) continue
    const end = lines.indexOf('```', index + 1)
    if (end < 0) throw new Error(`the block that begins at line ${index + 1} does not end`)
    const script = `${lines.slice(index + 1, end).join('\n')}\n`
    if (language === 'sh') {
      blocks.push({ chapter, line: index + 2, script, ...reasonIn(words, index + 1) })
    }
    index = end
  }
  return blocks
}

function reasonIn(words: string, line: number): Pick<Block, 'notRun'> {
  if (words === '') return {}
  const notRun = NOT_RUN.exec(words)?.[1]
  if (notRun !== undefined) return { notRun }
  throw new Error(`cannot read "sh ${words}" at line ${line}: write sh, or sh not-run: REASON`)
}

/** Variables of the shell that a script reads. */
export function variablesIn(script: string): Set<string> {
  return new Set([...script.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name = '']) => name))
}

/** Variables that it gives a value itself. */
export function assignedIn(script: string): Set<string> {
  const found = script.matchAll(/(?:^|[\s;])(?:([A-Za-z_]\w*)=|for (\w+) in)/g)
  return new Set([...found].map(([, assigned, looped]) => assigned ?? looped ?? ''))
}
