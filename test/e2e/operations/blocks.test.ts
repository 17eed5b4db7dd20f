import { describe, expect, it } from 'vitest'
import { assignedIn, blocksOf, variablesIn } from './blocks.ts'

const page = (...lines: string[]) => lines.join('\n')

describe('the blocks of a page', () => {
  it('come in order, each with its chapter and line', () => {
    const text = page(
      '# Title',
      '## One',
      '```sh',
      'first',
      'second',
      '```',
      '```sh',
      'third',
      '```',
      '### Two',
      '```sh not-run: it needs a third hand',
      'fourth',
      '```',
    )
    expect(blocksOf(text)).toEqual([
      { chapter: 'One', line: 4, script: 'first\nsecond\n' },
      { chapter: 'One', line: 8, script: 'third\n' },
      { chapter: 'Two', line: 12, script: 'fourth\n', notRun: 'it needs a third hand' },
    ])
  })

  it('are those of the shell: what looks like one or like a heading in another block is none', () => {
    const text = page('## One', '```yaml', '## Two', '```sh', '```', '```sh', 'run', '```')
    expect(blocksOf(text)).toEqual([{ chapter: 'One', line: 7, script: 'run\n' }])
  })

  it.each([
    { why: 'no reason', text: '```sh not-run\nx\n```', says: 'write sh, or sh not-run: REASON' },
    { why: 'an empty one', text: '```sh not-run: \nx\n```', says: 'REASON' },
    { why: 'another word', text: '```sh skip\nx\n```', says: 'cannot read "sh skip" at line 1' },
    { why: 'no end', text: '```sh\nx', says: 'line 1 does not end' },
  ])('are refused: $why', ({ text, says }) => {
    expect(() => blocksOf(text)).toThrow(says)
  })
})

it('variables are told apart: those that are read, and those that are given a value', () => {
  const script = `A=1 B="$C"
for d in $(echo \${E}); do X=$d run --set k=$F '{"g":1}'; done`
  expect([...variablesIn(script)]).toEqual(['C', 'E', 'd', 'F'])
  expect([...assignedIn(script)]).toEqual(['A', 'B', 'd', 'X', 'k'])
})
