import { expect, it } from 'vitest'
import { symbolsOf } from './index.ts'

it.each([
  'AB01-23CD',
  'ab01-23cd',
  ' AB01 23CD\n',
  'ABO1-23CD',
  'abol23cd',
  'AB0I-23CD',
  'AB01--23CD',
])('takes %j for the same code', typed => {
  expect(symbolsOf(typed)).toBe('AB0123CD')
})

it('takes nothing else for it', () => {
  expect(symbolsOf('AB01-23CE')).not.toBe(symbolsOf('AB01-23CD'))
})
