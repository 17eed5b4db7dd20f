import { describe, expect, it } from 'vitest'
import { pairs, table } from './table.ts'

describe('tables', () => {
  it('are aligned, also where cells are coloured, and have no space at the end', () => {
    expect(
      table(
        ['A', 'LONG', 'C'],
        [
          ['\x1b[31mred\x1b[39m', 'x', ''],
          ['b', 'y', 'z'],
        ],
      ),
    ).toBe('A    LONG  C\n\x1b[31mred\x1b[39m  x\nb    y     z')
    expect(table(['A'], [])).toBe('')
  })

  it('of pairs leave out what is not known', () => {
    expect(
      pairs([
        ['a', '1'],
        ['long', undefined],
        ['bc', '2'],
      ]),
    ).toBe('a   1\nbc  2')
  })
})
