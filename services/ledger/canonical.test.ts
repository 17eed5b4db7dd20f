import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical, printable, type Value } from './canonical.ts'

describe('canonical', () => {
  it.each<{ why: string; value: Value; text: string }>([
    {
      why: 'Names are sorted and no space is written.',
      value: { b: 1, a: [] },
      text: '{"a":[],"b":1}',
    },
    {
      why: 'Capitals come before small letters, as their codes do.',
      value: { a: 1, B: 2 },
      text: '{"B":2,"a":1}',
    },
    {
      why: 'Quotes and backslashes are all that needs escaping.',
      value: '"\\/',
      text: '"\\"\\\\/"',
    },
    {
      why: 'Large integers are written without an exponent.',
      value: 2 ** 53 - 1,
      text: '9007199254740991',
    },
    {
      why: 'A name of the language is a name like any other.',
      value: JSON.parse('{"__proto__":1}'),
      text: '{"__proto__":1}',
    },
  ])('$why', ({ value, text }) => {
    expect(canonical(value)).toBe(text)
  })

  it.each<{ why: string; value: unknown }>([
    { why: 'A float has several writings.', value: 0.5 },
    { why: 'A larger integer is not exact.', value: 2 ** 53 },
    { why: 'A negative number counts nothing.', value: -1 },
    { why: 'Null says nothing that absence does not.', value: { a: null } },
    { why: 'A forgotten field is a mistake, not an absence.', value: { a: undefined } },
    { why: 'A boolean is not among the values.', value: true },
    { why: 'A letter beyond ASCII has several writings.', value: 'ü' },
    { why: 'A line feed would end the line.', value: 'a\nb' },
    {
      why: 'Nesting without end would end the stack.',
      value: JSON.parse('['.repeat(9) + ']'.repeat(9)),
    },
  ])('refused: $why', ({ value }) => {
    expect(() => canonical(value as Value)).toThrow(TypeError)
  })

  const text = fc.string({
    unit: fc.integer({ min: 32, max: 126 }).map(c => String.fromCharCode(c)),
  })
  const { value } = fc.letrec<{ value: Value }>(tie => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      text,
      fc.maxSafeNat(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(text, tie('value'), { maxKeys: 4 }),
    ),
  }))

  it('One value has one text, and the text has the value.', () => {
    fc.assert(
      fc.property(value, tree => {
        const written = canonical(tree)
        expect(canonical(JSON.parse(written))).toBe(written)
      }),
    )
  })

  it('Another program, jq, writes the same text.', context => {
    if (spawnSync('jq', ['--version']).error) context.skip('jq is not on this machine')
    const values = fc.sample(value, 200)
    const { stdout } = spawnSync('jq', ['-cS', '.'], {
      input: values.map(item => JSON.stringify(item)).join('\n'),
      encoding: 'utf8',
    })
    expect(stdout).toBe(values.map(item => `${canonical(item)}\n`).join(''))
  })
})

it('printable text is what canonical takes', () => {
  expect(printable('Zürich\n', 5)).toBe('Z?ric')
})
