import { expect, it } from 'vitest'
import { contextOf } from './clusters.ts'

it.each([
  { given: [], want: undefined },
  { given: ['fr-admin'], want: 'fr-admin' },
  { given: ['at=x', 'fr=y'], want: 'y' },
  { given: ['at=x'], want: undefined },
  { given: ['at=x', 'other'], want: 'other' },
  { given: ['arn:aws:eks:eu-west-3:1:cluster/fr'], want: 'arn:aws:eks:eu-west-3:1:cluster/fr' },
])('of the contexts $given region fr gets $want', ({ given, want }) => {
  expect(contextOf(given, 'fr')).toBe(want)
})
